import { bucketStream, bucketSubject } from "@linecook/protocol";
import type { JetStreamManager } from "@nats-io/jetstream";
import { readStream } from "./read-stream.ts";

const operation = "KV-Operation";

/** The values of a small bucket, as text by key. What was deleted or emptied is left out. */
export async function readBucket(manager: JetStreamManager, bucket: string): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  const prefix = bucketSubject(bucket, "");
  for await (const message of readStream(manager, bucketStream(bucket), bucketSubject(bucket), 1)) {
    const gone = message.data.length === 0 || message.header.get(operation) !== "";
    if (!gone) values.set(message.subject.slice(prefix.length), message.string());
  }
  return values;
}
