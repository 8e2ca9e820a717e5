import { setTimeout as delay } from "node:timers/promises";
import { lanes } from "@linecook/protocol";
import type { Attempt } from "./attempt.ts";
import type { Delivery } from "./delivery.ts";

const unwindMs = 2_000;

/** The attempts in a worker's hands: those that run, and the few that came when every slot was taken. */
export class Running {
  readonly #slots: number;
  readonly #onChange: () => void;
  readonly #keepAlive: NodeJS.Timeout;
  readonly #attempts = new Map<string, { attempt: Attempt; done: Promise<void> }>();
  readonly #queued = new Map<string, Attempt>();
  readonly #goingBack = new Set<Promise<void>>();
  #closed = false;

  /** @param keepAliveMs How often the server is told that the tasks in hand are worked on. */
  constructor(slots: number, keepAliveMs: number, onChange: () => void) {
    this.#slots = slots;
    this.#onChange = onChange;
    this.#keepAlive = setInterval(() => this.sayWorking(), keepAliveMs);
  }

  /** How many attempts run. */
  get size(): number {
    return this.#attempts.size;
  }

  /** How many more could be begun now. */
  get free(): number {
    return this.#closed ? 0 : this.#slots - this.#attempts.size - this.#queued.size;
  }

  /**
   * Begins an attempt, or holds it until a slot is free. A message that is in hand already is not begun again, nor is
   * another one of the same task beside it: the server hands that one out again.
   */
  take(delivery: Delivery, make: () => Attempt): void {
    const present = this.#attempts.get(delivery.taskId)?.attempt ?? this.#queued.get(delivery.taskId);
    if (present !== undefined) {
      if (present.delivery.sequence === delivery.sequence) present.renew(delivery);
      return;
    }
    const attempt = make();
    if (this.#closed) this.#giveBack(attempt);
    else if (this.#attempts.size < this.#slots) this.#begin(attempt);
    else this.#queued.set(delivery.taskId, attempt);
    this.#onChange();
  }

  /** Tells the server that the tasks in hand are worked on. */
  sayWorking(): void {
    for (const { attempt } of this.#attempts.values()) attempt.delivery.working();
    for (const attempt of this.#queued.values()) attempt.delivery.working();
  }

  /** Begins nothing any more; what is held goes back. */
  close(): void {
    this.#closed = true;
    this.giveBackHeld();
  }

  /** Gives back what is held without a slot: another worker may have one. */
  giveBackHeld(): void {
    const held = [...this.#queued.values()];
    this.#queued.clear();
    for (const attempt of held) this.#giveBack(attempt);
  }

  /** Waits for what runs, at most `graceMs`, then breaks it off and waits until it is given back. */
  async finish(graceMs: number): Promise<void> {
    await within(graceMs, this.#ends());
    for (const { attempt } of this.#attempts.values()) attempt.interrupt();
    await within(unwindMs, [...this.#ends(), ...this.#goingBack]);
    clearInterval(this.#keepAlive);
  }

  #begin(attempt: Attempt): void {
    const id = attempt.delivery.taskId;
    const done = attempt.run().then(() => {
      this.#attempts.delete(id);
      this.#beginQueued();
      this.#onChange();
    });
    this.#attempts.set(id, { attempt, done });
  }

  #beginQueued(): void {
    const held = [...this.#queued.values()];
    const [next] = held.sort((a, b) => urgency(a) - urgency(b));
    if (next === undefined) return;
    this.#queued.delete(next.delivery.taskId);
    this.#begin(next);
  }

  #giveBack(attempt: Attempt): void {
    const goingBack = attempt.giveBack().finally(() => this.#goingBack.delete(goingBack));
    this.#goingBack.add(goingBack);
  }

  #ends(): Promise<void>[] {
    return [...this.#attempts.values()].map(({ done }) => done);
  }
}

const urgency = ({ delivery }: Attempt): number => lanes.indexOf(delivery.lane);

async function within(ms: number, ends: readonly Promise<void>[]): Promise<void> {
  const over = new AbortController();
  const bound = delay(ms, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([Promise.all(ends), bound]);
  over.abort();
}
