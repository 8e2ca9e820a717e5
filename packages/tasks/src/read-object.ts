import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { objectSubject, storeStream } from "@linecook/protocol";
import type { ObjectInfo } from "@nats-io/obj";
import type { NatsConnection } from "nats";
import { readStream } from "./read-stream.ts";
import { TasksError } from "./tasks-error.ts";

const againMs = 100;
const mostLooks = 10;

/**
 * The bytes of an object (ADR-20 of NATS), at the speed at which they are read. The client's own call for it gathers them all
 * for a slow reader, and waits for ever for those that are no longer there.
 * Throws a {@link TasksError} when they are not what was put.
 */
export async function* readObject(
  connection: NatsConnection,
  { bucket, nuid, name, size, digest }: ObjectInfo,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  const broken = (how: string) => new TasksError("artifact_not_found", `${name} ${how}`);
  let read = 0;
  let next = 1;
  // A server of a cluster can be a moment behind the one that said that the object is there.
  for (let looks = 0; read < size; looks += 1) {
    if (looks === mostLooks) throw broken("is no longer there as a whole");
    if (looks > 0) await delay(againMs);
    for await (const { data, seq } of readStream(
      connection,
      storeStream(bucket),
      objectSubject(bucket, nuid),
      next,
    )) {
      next = seq + 1;
      looks = 0;
      read += data.length;
      if (read > size) throw broken("is larger than was said");
      hash.update(data);
      yield data;
    }
  }
  if (`SHA-256=${hash.digest("base64url")}` !== digest.replace(/=+$/, ""))
    throw broken("is not what was put");
}
