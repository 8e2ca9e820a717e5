import { bucketSubject, names, type TaskType, taskTypeSchema } from "@linecook/protocol";
import type { NatsConnection } from "nats";
import { readBucket } from "./bucket-reader.ts";
import { watchConnection } from "./connection-watch.ts";

/** What workers say they can run, and the news of it. */
export class TaskTypes implements Disposable {
  readonly #connection: NatsConnection;
  readonly #listening = new Set<Disposable>();

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Every task type that is published now. What is no task type is left out. */
  async list(): Promise<TaskType[]> {
    return readBucket(this.#connection, names.taskTypes, taskTypeSchema, ({ task }) => task);
  }

  /** Calls back when the list may have changed: a worker published, or the connection was away. */
  onChange(listener: () => void): Disposable {
    const subscription = this.#connection.subscribe(bucketSubject(names.taskTypes), {
      callback: () => listener(),
    });
    const watch = watchConnection(this.#connection, { onBack: listener });
    const listening = {
      [Symbol.dispose]: () => {
        this.#listening.delete(listening);
        watch[Symbol.dispose]();
        subscription.unsubscribe();
      },
    };
    this.#listening.add(listening);
    return listening;
  }

  [Symbol.dispose](): void {
    for (const listening of this.#listening) listening[Symbol.dispose]();
  }
}
