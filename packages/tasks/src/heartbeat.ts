import {
  bucketSubject,
  heartbeatIntervalMs,
  names,
  type WorkerHeartbeat,
  workerKey,
} from "@linecook/protocol";
import type { Publisher } from "./publisher.ts";

/** What a worker says of itself that does not change. */
export type WorkerIdentity = Omit<WorkerHeartbeat, "running" | "seen_at">;

/** Says every 5 s that a worker is there, and once that it is gone. A beat that fails is not missed: the next comes. */
export class Heartbeat implements AsyncDisposable {
  readonly #publisher: Publisher;
  readonly #identity: WorkerIdentity;
  readonly #running: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor(publisher: Publisher, identity: WorkerIdentity, running: () => number) {
    this.#publisher = publisher;
    this.#identity = identity;
    this.#running = running;
    this.#timer = setInterval(() => void this.beat(), heartbeatIntervalMs);
  }

  /** Says it now. */
  async beat(): Promise<void> {
    const value: WorkerHeartbeat = {
      ...this.#identity,
      running: this.#running(),
      seen_at: new Date().toISOString(),
    };
    await this.#publisher.publish(this.#subject, JSON.stringify(value)).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    // An empty value says "gone" to readers at once; the bucket's TTL removes it.
    await this.#publisher.publish(this.#subject, "", { timeoutMs: 500 }).catch(() => {});
  }

  get #subject(): string {
    return bucketSubject(names.workers, workerKey(this.#identity.service, this.#identity.instance));
  }
}
