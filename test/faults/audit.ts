import {
  bucketStream,
  isFinal,
  names,
  parseTaskRecord,
  type TaskRecord,
  taskIdOfSubject,
} from "@linecook/protocol";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { expect } from "vitest";

const stream = "AUDIT";
const page = 500;

/**
 * Has the server copy every stored record of every task into a stream that forgets none, so that nothing that happened
 * twice can hide: the bucket itself keeps the last one only.
 */
export async function startAudit(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({
    name: stream,
    sources: [{ name: bucketStream(names.taskState) }],
    allow_direct: true,
  });
}

/** What the audit says once all of these tasks have ended; throws, naming some that have not, after `timeoutMs`. */
export async function untilEnded(
  connection: NatsConnection,
  ids: readonly string[],
  timeoutMs: number,
): Promise<Awaited<ReturnType<typeof readAudit>>> {
  let audit = await readAudit(connection);
  const missing = async () => {
    audit = await readAudit(connection);
    return ids.filter((id) => !audit.has(id)).slice(0, 5);
  };
  await expect.poll(missing, { timeout: timeoutMs }).toEqual([]);
  return audit;
}

/** How often each task ended, and the record of its first end, from what the server kept. */
export async function readAudit(
  connection: NatsConnection,
): Promise<Map<string, { ends: number; record: TaskRecord }>> {
  const manager = await jetstreamManager(connection);
  const { last_seq } = (await manager.streams.info(stream)).state;
  const ended = new Map<string, { ends: number; record: TaskRecord }>();
  for (let seq = 1; seq <= last_seq; ) {
    for await (const message of await manager.direct.getBatch(stream, { seq, batch: page })) {
      seq = message.seq + 1;
      const record = parseTaskRecord(message.string());
      if (!isFinal(record.state)) continue;
      const id = taskIdOfSubject(message.subject);
      const known = ended.get(id) ?? { ends: 0, record };
      ended.set(id, { ...known, ends: known.ends + 1 });
    }
  }
  return ended;
}
