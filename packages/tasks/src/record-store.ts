import {
  bucketStream,
  headers as header,
  isFinal,
  names,
  parseTaskRecord,
  recordSubject,
  resultTtlMs,
  type TaskRecord,
} from "@linecook/protocol";
import { contextOf, endSpan, failSpan, injectContext, isTracing, startRecordSpan } from "@linecook/telemetry";
import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";
import { type MsgHdrs, headers as newHeaders } from "nats";
import type { Publisher } from "./publisher.ts";

/** A task record as it is stored. */
export interface StoredRecord {
  record: TaskRecord;
  /** Its sequence in the bucket's stream: what the next write expects to find. */
  sequence: number;
  /** The headers of the write, with its trace context. */
  headers: MsgHdrs;
}

const stream = bucketStream(names.taskState);
const resultTtl = `${resultTtlMs / 1_000}s`;

/** Reads and writes task records. The one place of the engine that knows how they are stored. */
export class RecordStore {
  readonly #publisher: Publisher;
  readonly #manager: JetStreamManager;

  constructor(publisher: Publisher, manager: JetStreamManager) {
    this.#publisher = publisher;
    this.#manager = manager;
  }

  /** The record of a task, from any server that has a copy: on a cluster it can be a moment old. */
  async read(id: string): Promise<StoredRecord | undefined> {
    return stored(await this.#manager.direct.getMessage(stream, { last_by_subj: recordSubject(id) }));
  }

  /** The record of a task as the stream's leader has it now. */
  async readLatest(id: string): Promise<StoredRecord | undefined> {
    return stored(await this.#manager.streams.getMessage(stream, { last_by_subj: recordSubject(id) }));
  }

  /**
   * Stores a record if the task's last one still has this sequence (0: if there is none), and returns its own.
   * A final record is kept for the result TTL. Throws a `TasksError`, `conflict` when somebody wrote in between.
   */
  async write(record: TaskRecord, expectedSequence: number): Promise<number> {
    if (!isTracing()) return this.#store(record, expectedSequence, newHeaders());
    const { task, task_id: taskId, state } = record;
    const span = startRecordSpan({ task, taskId, state });
    const carrier = newHeaders();
    injectContext(carrier, contextOf(span));
    try {
      const traceparent = carrier.get(header.traceparent);
      const sequence = await this.#store({ ...record, traceparent }, expectedSequence, carrier);
      endSpan(span);
      return sequence;
    } catch (error) {
      failSpan(span, error);
      throw error;
    }
  }

  async #store(record: TaskRecord, expectedSequence: number, carrier: MsgHdrs): Promise<number> {
    carrier.set(header.expectedLastSubjectSequence, String(expectedSequence));
    if (isFinal(record.state)) carrier.set(header.ttl, resultTtl);
    const json = JSON.stringify(record);
    const { sequence } = await this.#publisher.publish(recordSubject(record.task_id), json, {
      headers: carrier,
    });
    return sequence;
  }
}

/** Reads a message of the bucket's stream as a record; a deleted key is none. */
export function stored(message: StoredMsg | null): StoredRecord | undefined {
  if (message === null || message.data.length === 0) return undefined;
  return { record: parseTaskRecord(message.string()), sequence: message.seq, headers: message.header };
}
