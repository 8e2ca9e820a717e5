import { bucketStream, bucketSubject } from "@linecook/protocol";
import type { NatsConnection } from "nats";
import type * as z from "zod";
import { readStream } from "./read-stream.ts";

const operation = "KV-Operation";

/**
 * The values of a small bucket that match a schema and stand under the key that is theirs. What was deleted or emptied
 * is left out, and what is none of them.
 */
export async function readBucket<Value extends z.ZodType>(
  connection: NatsConnection,
  bucket: string,
  schema: Value,
  keyOf: (value: z.output<Value>) => string,
): Promise<z.output<Value>[]> {
  const values = new Map<string, string>();
  for await (const message of readStream(connection, bucketStream(bucket), bucketSubject(bucket), 1)) {
    const gone = message.data.length === 0 || message.header.get(operation) !== "";
    if (!gone) values.set(message.subject, message.string());
  }
  return [...values].flatMap(([subject, text]) => {
    const { success, data } = schema.safeParse(parseJson(text));
    return success && subject === bucketSubject(bucket, keyOf(data)) ? [data] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
