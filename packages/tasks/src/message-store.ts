import { laterSubjectAnyLane, names, taskSubjectAnyLane } from "@linecook/protocol";
import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";
import { ask } from "./ask.ts";

/** Reads the messages of tasks that wait for a worker, are with one, or are planned for later. */
export class MessageStore {
  readonly #manager: JetStreamManager;

  constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  /** A task's last message that is not yet acked. The server moves it from later to task: it cannot slip by. */
  async last(id: string): Promise<StoredMsg | null> {
    return (await this.#read(laterSubjectAnyLane(id))) ?? (await this.#read(taskSubjectAnyLane(id)));
  }

  #read(subject: string): Promise<StoredMsg | null> {
    const last = { last_by_subj: subject };
    return ask(subject, () => this.#manager.streams.getMessage(names.tasks, last));
  }
}
