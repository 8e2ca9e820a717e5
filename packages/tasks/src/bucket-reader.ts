import { bucketStream, bucketSubject } from "@linecook/protocol";
import type { NatsConnection } from "nats";
import { readStream } from "./read-stream.ts";

const operation = "KV-Operation";

/** The values of a small bucket, as text by key. What was deleted or emptied is left out. */
export async function readBucket(connection: NatsConnection, bucket: string): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  const prefix = bucketSubject(bucket, "");
  for await (const message of readStream(connection, bucketStream(bucket), bucketSubject(bucket), 1)) {
    const gone = message.data.length === 0 || message.header.get(operation) !== "";
    if (!gone) values.set(message.subject.slice(prefix.length), message.string());
  }
  return values;
}
