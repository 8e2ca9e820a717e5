import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";

const pageSize = 256;

/** What a stream keeps on a subject from a sequence on, in order, without a consumer (ADR-31 of NATS, batch direct get). */
export async function* readStream(
  manager: JetStreamManager,
  stream: string,
  subject: string,
  fromSequence: number,
): AsyncGenerator<StoredMsg, void, undefined> {
  for (let seq = fromSequence, count = pageSize; count === pageSize; ) {
    count = 0;
    const page = await manager.direct.getBatch(stream, { seq, batch: pageSize, next_by_subj: subject });
    try {
      for await (const message of page) {
        count += 1;
        seq = message.seq + 1;
        yield message;
      }
    } catch (error) {
      if (!isNoMessages(error)) throw error;
    }
  }
}

function isNoMessages(error: unknown): boolean {
  return error instanceof Error && /no messages|message not found/i.test(error.message);
}
