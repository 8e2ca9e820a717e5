import { setTimeout as delay } from "node:timers/promises";
import type { EventHub, EventListener, TaskEvent } from "./event-hub.ts";
import { TasksError } from "./tasks-error.ts";

/** Something a feed gives: an event, or the word that some were missed and must be read from the store. */
export type FeedItem = TaskEvent | "gap";

const againMs = 100;
const mostWaiting = 1_000;
const mostBytesWaiting = 1_048_576;

/**
 * The events of one subject for one slow or fast reader. It never holds more than 1000, or more than 1 MiB of records: who
 * falls further behind is told of a gap instead, and reads what it missed from the store.
 */
export class EventFeed implements EventListener, Disposable {
  readonly #listening: Disposable;
  readonly #signal: AbortSignal | undefined;
  #waiting: TaskEvent[] = [];
  #bytes = 0;
  #gap = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(hub: EventHub, subject: string, signal?: AbortSignal) {
    this.#signal = signal;
    this.#listening = hub.listen(subject, this);
    signal?.addEventListener("abort", this.#stop, { once: true });
  }

  onEvent(event: TaskEvent, bytes: number): void {
    this.#bytes += bytes;
    if (this.#waiting.length < mostWaiting && this.#bytes <= mostBytesWaiting) this.#waiting.push(event);
    else this.onGap();
    this.#wake?.();
  }

  onGap(): void {
    this.#gap = true;
    this.#empty();
    this.#wake?.();
  }

  onClose(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** What came since the last call: a gap first; `undefined` when the reader's signal has aborted. Throws `closed`. */
  async next(): Promise<readonly FeedItem[] | undefined> {
    while (!this.#gap && this.#waiting.length === 0) {
      if (this.#signal?.aborted) return undefined;
      if (this.#closed) throw new TasksError("closed", "the client is closed: nothing is followed any more");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const items: FeedItem[] = this.#gap ? ["gap", ...this.#waiting] : this.#waiting;
    this.#gap = false;
    this.#empty();
    return this.#signal?.aborted ? undefined : items;
  }

  /** What was missed could not be read, such as by a server that is not back altogether: tells of the gap once more. */
  async missAgain(error: unknown): Promise<void> {
    if (!(error instanceof TasksError && error.retryable)) throw error;
    await delay(againMs, undefined, { ...(this.#signal && { signal: this.#signal }) }).catch(() => {});
    this.onGap();
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#stop);
    this.#listening[Symbol.dispose]();
  }

  #empty(): void {
    this.#waiting = [];
    this.#bytes = 0;
  }

  readonly #stop = (): void => this.#wake?.();
}
