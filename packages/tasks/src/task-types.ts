import { bucketSubject, names, type TaskType, taskTypeSchema } from "@linecook/protocol";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection, Subscription } from "nats";
import { readBucket } from "./bucket-reader.ts";
import { watchConnection } from "./connection-watch.ts";

/** What workers say they can run, and the news of it. */
export class TaskTypes implements Disposable {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #subscriptions = new Set<Subscription>();
  #closed = false;

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.#manager = manager;
  }

  /** Every task type that is published now. What is no task type is left out. */
  async list(): Promise<TaskType[]> {
    const values = await readBucket(this.#manager, names.taskTypes);
    return [...values.values()].flatMap((json) => {
      const type = readType(json);
      return type === undefined ? [] : [type];
    });
  }

  /** Calls back when the list may have changed: a worker published, or the connection was away. */
  onChange(listener: () => void): Disposable {
    const subscription = this.#connection.subscribe(bucketSubject(names.taskTypes), {
      callback: () => listener(),
    });
    this.#subscriptions.add(subscription);
    let listening = true;
    watchConnection(this.#connection, { onBack: () => listening && !this.#closed && listener() });
    return {
      [Symbol.dispose]: () => {
        listening = false;
        this.#subscriptions.delete(subscription);
        subscription.unsubscribe();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions.clear();
  }
}

function readType(json: string): TaskType | undefined {
  try {
    const parsed = taskTypeSchema.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
