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
import type { JetStreamManager } from "@nats-io/jetstream";
import { type MsgHdrs, headers as newHeaders } from "nats";
import { ask } from "./ask.ts";
import { failureOf } from "./failure.ts";
import type { Publisher } from "./publisher.ts";
import type { KeptMessage } from "./read-stream.ts";
import { TasksError } from "./tasks-error.ts";

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
  readonly #onRefused: () => void;

  /** @param onRefused Called when the server would not store a record for now: its bucket may have been deleted. */
  constructor(publisher: Publisher, manager: JetStreamManager, onRefused: () => void = () => {}) {
    this.#publisher = publisher;
    this.#manager = manager;
    this.#onRefused = onRefused;
  }

  /** The record of a task, from any server that has a copy: on a cluster it can be a moment old. */
  async read(id: string): Promise<StoredRecord | undefined> {
    const last = { last_by_subj: recordSubject(id) };
    const message = await ask(`record of ${id}`, () => this.#manager.direct.getMessage(stream, last));
    return message === null ? undefined : stored(message);
  }

  /** The record of a task as the stream's leader has it now. */
  async readLatest(id: string): Promise<StoredRecord | undefined> {
    return (await this.readKey(id)).stored;
  }

  /** What the stream's leader has under a task's key: its sequence, even where that is no record. 0: nothing. */
  async readKey(id: string): Promise<{ sequence: number; stored: StoredRecord | undefined }> {
    const last = { last_by_subj: recordSubject(id) };
    const message = await ask(`record of ${id}`, () => this.#manager.streams.getMessage(stream, last));
    if (message === null) return { sequence: 0, stored: undefined };
    return { sequence: message.seq, stored: stored(message) };
  }

  /**
   * Stores a record if the task's last one still has this sequence (0: if there is none), and returns its own.
   * A final record is kept for the result TTL. Throws a `TasksError`, `conflict` when somebody wrote in between, and
   * a `TypeError` when the record is no JSON.
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
    const subject = recordSubject(record.task_id);
    const json = toJson(record);
    try {
      return (await this.#publisher.publish(subject, json, { headers: carrier })).sequence;
    } catch (error) {
      if (error instanceof TasksError && error.code === "refused") this.#onRefused();
      throw error;
    }
  }
}

/** Reads a message of the bucket's stream. A deleted key is no record, nor is what somebody else may have written. */
export function stored(message: KeptMessage): StoredRecord | undefined {
  if (message.data.length === 0) return undefined;
  try {
    return { record: parseTaskRecord(message.string()), sequence: message.seq, headers: message.header };
  } catch {
    return undefined;
  }
}

/** A result may hold what JSON cannot, and its `toJSON` may throw whatever it likes. */
function toJson(record: TaskRecord): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    throw new TypeError(`not JSON: ${failureOf(cause).error.message}`, { cause });
  }
}
