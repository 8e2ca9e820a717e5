import {
  bucketStream,
  eventSubject,
  eventsSubject,
  headers as header,
  isFinal,
  isInstant,
  names,
  recordsSubject,
  type TaskRecord,
  taskIdParts,
} from "@linecook/protocol";
import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { ask } from "./ask.ts";
import { EventFeed } from "./event-feed.ts";
import type { EventHub, TaskEvent } from "./event-hub.ts";
import { MessageStore } from "./message-store.ts";
import { readStream } from "./read-stream.ts";
import { type RecordStore, stored } from "./record-store.ts";
import { attemptOf, submittedAtOf } from "./task-message.ts";
import { TasksError } from "./tasks-error.ts";
import { readInTurn } from "./turns.ts";

/** How to follow events. */
export interface WatchOptions {
  /** Begin after this sequence: what is kept of later ones comes first, then what happens. @default now */
  after?: number;
  /** Ends the watch. */
  signal?: AbortSignal;
}

const stateStream = bucketStream(names.taskState);

/** Tells how tasks stand, and follows them. */
export class TaskReader {
  readonly #connection: NatsConnection;
  readonly #records: RecordStore;
  readonly #messages: MessageStore;
  readonly #manager: JetStreamManager;
  readonly #hub: EventHub;

  constructor(connection: NatsConnection, records: RecordStore, manager: JetStreamManager, hub: EventHub) {
    this.#connection = connection;
    this.#records = records;
    this.#messages = new MessageStore(manager);
    this.#manager = manager;
    this.#hub = hub;
  }

  /** How a task stands, with the sequence of its record; a task without one waits in the stream, or is unknown. */
  read(id: string): Promise<TaskEvent | undefined> {
    return readInTurn(this.#connection, () => this.#read(id));
  }

  async #read(id: string): Promise<TaskEvent | undefined> {
    const quick = await this.#records.read(id);
    if (quick !== undefined) return quick;
    // A message is acked once there is a record: who looks for them in this order, at the leaders, misses neither.
    const message = await this.#messages.last(id);
    const latest = await this.#records.readLatest(id);
    if (latest !== undefined) return latest;
    return message === null
      ? undefined
      : { sequence: 0, record: waiting(id, message), headers: message.header };
  }

  /** Follows one task up to its final record. Throws a `TasksError` `not_found`. */
  async *watch(id: string, options: WatchOptions = {}): AsyncGenerator<TaskEvent, void, undefined> {
    let last = options.after ?? -1;
    using feed = new EventFeed(this.#hub, eventSubject(id), options.signal);
    const first = await this.read(id);
    if (first === undefined) throw notFound(id);
    feed.onGap();
    for (let items = await feed.next(); items !== undefined; items = await feed.next()) {
      for (const item of items) {
        const event = item === "gap" ? await this.#latest(first, feed) : item;
        if (event === undefined) continue;
        if (event.sequence > last) {
          last = event.sequence;
          yield event;
        }
        if (isFinal(event.record.state)) return;
      }
    }
  }

  /** Follows every task, or those of one name. Of a task that changed often while away, only the last state is kept. */
  async *watchAll(
    options: WatchOptions & { task?: string } = {},
  ): AsyncGenerator<TaskEvent, void, undefined> {
    using feed = new EventFeed(this.#hub, eventsSubject(options.task), options.signal);
    const newest = await this.lastSequence();
    let last = options.after ?? newest;
    // Who has seen more than there is followed a stream that was made anew since: all of this one is news.
    if (last > newest) last = 0;
    if (options.after !== undefined) feed.onGap();
    for (let items = await feed.next(); items !== undefined; items = await feed.next()) {
      for (const item of items) {
        const events = item === "gap" ? this.#replay(last, options.task, feed) : [item];
        for await (const event of events) {
          if (options.signal?.aborted) return;
          if (event.sequence <= last) continue;
          last = event.sequence;
          yield event;
        }
      }
    }
  }

  /** The sequence of the last stored update of any task. */
  async lastSequence(): Promise<number> {
    const info = await ask(`stream ${stateStream}`, () => this.#manager.streams.info(stateStream));
    return info.state.last_seq;
  }

  /** What is kept of the events after a sequence, in their order. */
  async *#replay(
    after: number,
    task: string | undefined,
    feed: EventFeed,
  ): AsyncGenerator<TaskEvent, void, undefined> {
    try {
      for await (const message of readStream(
        this.#connection,
        stateStream,
        recordsSubject(task),
        after + 1,
      )) {
        const event = stored(message);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      await feed.missAgain(error);
    }
  }

  /** How a task stands now, or stood at first when it has no record. */
  async #latest(first: TaskEvent, feed: EventFeed): Promise<TaskEvent | undefined> {
    try {
      const id = first.record.task_id;
      return (await readInTurn(this.#connection, () => this.#records.readLatest(id))) ?? first;
    } catch (error) {
      await feed.missAgain(error);
      return undefined;
    }
  }
}

/** The error for a task id that nothing is known of. */
export function notFound(id: string): TasksError {
  return new TasksError("not_found", `no task ${id}: it never was, or its result is no longer kept`);
}

/** The record that a task without one would have. */
function waiting(id: string, message: StoredMsg): TaskRecord {
  const schedule = message.header.get(header.schedule);
  const at = schedule.startsWith("@at ") ? schedule.slice(4) : "";
  const due = isInstant(at) ? { next_attempt_at: at } : {};
  const attempt = attemptOf(message.header);
  const submitted_at = submittedAtOf(message.header, message.time);
  const state = schedule === "" ? "queued" : "scheduled";
  return { task_id: id, task: taskIdParts(id).task, state, attempt, submitted_at, ...due };
}
