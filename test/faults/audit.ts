import {
  eventsSubject,
  isFinal,
  parseTaskRecord,
  type TaskRecord,
  taskIdOfSubject,
} from "@linecook/protocol";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";

const stream = "AUDIT";
const page = 500;

/** Has the server itself keep every stored update of every task, so that nothing that happened twice can hide. */
export async function startAudit(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: stream, subjects: [eventsSubject()], allow_direct: true });
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
