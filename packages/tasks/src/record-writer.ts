import { setTimeout as delay } from "node:timers/promises";
import { isFinal, type TaskProgress, type TaskRecord, type TaskState } from "@linecook/protocol";
import type { RecordStore } from "./record-store.ts";
import { TasksError } from "./tasks-error.ts";

/** How a write went: stored, or somebody else's word stands. */
export type Written =
  | { readonly outcome: "stored"; readonly sequence: number }
  /** The task has ended by another hand; this is its record. */
  | { readonly outcome: "ended"; readonly record: TaskRecord }
  /** Another worker has the task now. */
  | { readonly outcome: "superseded" };

/** What of a record stays the same during an attempt. */
export type RecordBase = Pick<
  TaskRecord,
  "task_id" | "task" | "attempt" | "submitted_at" | "worker" | "trace_id"
>;

/** What the end of an attempt adds to its record. */
export interface AttemptEnd {
  state: Exclude<TaskState, "running" | "scheduled">;
  result?: unknown;
  error?: TaskRecord["error"];
  finished_at?: string;
  next_attempt_at?: string;
}

const progressIntervalMs = 100;
const retryMs = { first: 50, most: 1_000 };

/**
 * Writes the record of one attempt: compare-and-set each time, one write after the other. What cannot be stored for
 * the moment is tried again until it is, or until `signal` aborts.
 */
export class RecordWriter {
  readonly #store: RecordStore;
  readonly #base: RecordBase;
  readonly #signal: AbortSignal;
  readonly #onLost: (written: Written) => void;
  readonly #startedAt = new Date().toISOString();
  #sequence: number;
  #progress: TaskProgress | undefined;
  #written: TaskProgress | undefined;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param onLost Called when a write finds that another worker has the task, or that it has ended. */
  constructor(
    store: RecordStore,
    base: RecordBase,
    options: { sequence: number; signal: AbortSignal; onLost: (written: Written) => void },
  ) {
    this.#store = store;
    this.#base = base;
    this.#sequence = options.sequence;
    this.#signal = options.signal;
    this.#onLost = options.onLost;
  }

  /** Says that the attempt runs, now. */
  markRunning(): Promise<Written> {
    this.#cancelTimer();
    return this.#inTurn(() => this.#write(this.#runningRecord()));
  }

  /** Says that the attempt runs when it still does after `delayMs`. */
  markRunningAfter(delayMs: number): void {
    this.#timer ??= setTimeout(() => this.#writeProgress(), delayMs);
  }

  /** Says how far the attempt is: at once the first time, then the latest word every 100 ms. */
  progress(progress: TaskProgress): void {
    const first = this.#progress === undefined;
    this.#progress = withinBounds(progress);
    if (this.#closed || this.#writing) return;
    if (first) {
      this.#cancelTimer();
      this.#writeProgress();
    } else {
      this.markRunningAfter(progressIntervalMs);
    }
  }

  /** Writes how the attempt ended. Nothing is written after it. */
  end(end: AttemptEnd): Promise<Written> {
    this.#closed = true;
    this.#cancelTimer();
    const started = end.state === "queued" ? {} : { started_at: this.#startedAt };
    return this.#inTurn(() => this.#write({ ...this.#base, ...started, ...end }));
  }

  /** Stops what is still planned. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  #writeProgress(): void {
    this.#timer = undefined;
    this.#writing = true;
    this.markRunning().then(
      (written) => {
        this.#writing = false;
        if (written.outcome !== "stored") this.#onLost(written);
        // What was said in the meantime, however often, is one write more.
        else if (this.#progress !== this.#written && !this.#closed) this.markRunningAfter(progressIntervalMs);
      },
      // Given up because the worker stops: whoever gets the task next reads the record as it is.
      () => {},
    );
  }

  #runningRecord(): TaskRecord {
    const progress = this.#progress === undefined ? {} : { progress: this.#progress };
    this.#written = this.#progress;
    return { ...this.#base, state: "running", started_at: this.#startedAt, ...progress };
  }

  #inTurn(write: () => Promise<Written>): Promise<Written> {
    const turn = this.#tail.then(write, write);
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async #write(record: TaskRecord): Promise<Written> {
    for (let wait = retryMs.first; ; wait = Math.min(wait * 2, retryMs.most)) {
      try {
        this.#sequence = await this.#store.write(record, this.#sequence);
        return { outcome: "stored", sequence: this.#sequence };
      } catch (error) {
        if (!(error instanceof TasksError)) throw error;
        const settled = error.code === "conflict" ? await this.#reconcile(record) : undefined;
        if (settled !== undefined) return settled;
        if (error.code !== "conflict" && !error.retryable) throw error;
      }
      await delay(wait, undefined, { signal: this.#signal });
    }
  }

  /** Finds out whose word stands. `undefined`: write again, the sequence to expect is known now. */
  async #reconcile(record: TaskRecord): Promise<Written | undefined> {
    const found = await this.#read();
    if (found === "unknown") return undefined;
    const present = found.stored?.record;
    if (present === undefined || isSameWrite(present, record)) {
      // A deleted record, or what is none, is written over.
      this.#sequence = found.sequence;
      return present && { outcome: "stored", sequence: found.sequence };
    }
    if (isFinal(present.state)) return { outcome: "ended", record: present };
    const mine = present.worker === record.worker && present.attempt === record.attempt;
    const earlier = present.attempt < record.attempt || present.state === "queued";
    const myRunning = mine && present.state === "running";
    if (!earlier && !myRunning) return { outcome: "superseded" };
    this.#sequence = found.sequence;
    return undefined;
  }

  #read(): Promise<Awaited<ReturnType<RecordStore["readKey"]>> | "unknown"> {
    return this.#store.readKey(this.#base.task_id).catch(() => "unknown" as const);
  }

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** A write whose ack was lost and that is tried again finds itself. */
function isSameWrite(present: TaskRecord, record: TaskRecord): boolean {
  return (
    record.state !== "running" &&
    present.state === record.state &&
    present.attempt === record.attempt &&
    present.worker === record.worker &&
    present.finished_at === record.finished_at &&
    present.next_attempt_at === record.next_attempt_at
  );
}

/** Progress comes from handlers: what is out of bounds is brought back in rather than refused. */
function withinBounds({ fraction, message }: TaskProgress): TaskProgress {
  const within = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  return {
    fraction: within,
    ...(message !== undefined && { message: message.slice(0, 500).toWellFormed() }),
  };
}
