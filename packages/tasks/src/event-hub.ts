import { headers as header, parseTaskRecord, type TaskRecord } from "@linecook/protocol";
import type { Msg, MsgHdrs, NatsConnection, Subscription } from "nats";
import { watchConnection } from "./connection-watch.ts";

/** A stored update of a task's record. */
export interface TaskEvent {
  /** Its sequence in the stream of records: what `after` and `Last-Event-ID` speak of. 0: there is no record yet. */
  readonly sequence: number;
  readonly record: TaskRecord;
  /** The headers of the write, with its trace context. */
  readonly headers: MsgHdrs | undefined;
}

/** Who listens to a subject of events. */
export interface EventListener {
  /** @param bytes How large its record is. */
  onEvent(event: TaskEvent, bytes: number): void;
  /** Events may have been missed: the connection was away. */
  onGap(): void;
  /** Nothing comes any more: the hub is closed. */
  onClose(): void;
}

interface Topic {
  subscription: Subscription;
  listeners: Set<EventListener>;
}

/** Shares one subscription for each subject of events among all who listen to it in this process. */
export class EventHub implements Disposable {
  readonly #connection: NatsConnection;
  readonly #watch: Disposable;
  readonly #topics = new Map<string, Topic>();

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#watch = watchConnection(connection, { onBack: () => this.#tellGap() });
  }

  /** Listens until what is returned is disposed of. */
  listen(subject: string, listener: EventListener): Disposable {
    const topic = this.#topics.get(subject) ?? this.#open(subject);
    topic.listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        topic.listeners.delete(listener);
        if (topic.listeners.size > 0 || this.#topics.get(subject) !== topic) return;
        this.#topics.delete(subject);
        topic.subscription.unsubscribe();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    const topics = [...this.#topics.values()];
    this.#topics.clear();
    for (const { subscription, listeners } of topics) {
      subscription.unsubscribe();
      for (const listener of listeners) listener.onClose();
    }
  }

  #open(subject: string): Topic {
    const listeners = new Set<EventListener>();
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        const event = error === null ? readEvent(message) : undefined;
        if (event === undefined) return;
        for (const listener of listeners) listener.onEvent(event, message.data.length);
      },
    });
    const topic = { subscription, listeners };
    this.#topics.set(subject, topic);
    return topic;
  }

  #tellGap(): void {
    for (const { listeners } of this.#topics.values()) {
      for (const listener of listeners) listener.onGap();
    }
  }
}

/** Anybody may write into a bucket: what is no record is nobody's news. */
function readEvent(message: Msg): TaskEvent | undefined {
  const sequence = Number(message.headers?.get(header.sequence) ?? "");
  if (!(sequence > 0) || message.data.length === 0) return undefined;
  try {
    return { sequence, record: parseTaskRecord(message.string()), headers: message.headers };
  } catch {
    return undefined;
  }
}
