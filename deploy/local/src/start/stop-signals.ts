// Ctrl-C reaches every process of the terminal, and a parent such as pnpm passes its own on: that is one wish to stop.
const sameWishMs = 500;
const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Turns the first Ctrl-C into an aborted signal; a later one kills and exits. Disposing stops listening. */
export class StopSignals implements Disposable {
  readonly #controller = new AbortController();
  readonly #kills: (() => unknown)[] = [];
  #firstAt = 0;

  constructor() {
    for (const name of names) process.on(name, this.#onSignal);
  }

  /** Aborted when the person wants it to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Adds what a second Ctrl-C kills. */
  onInsist(kill: () => unknown): void {
    this.#kills.push(kill);
  }

  [Symbol.dispose](): void {
    for (const name of names) process.off(name, this.#onSignal);
  }

  readonly #onSignal = () => {
    if (!this.signal.aborted) {
      this.#firstAt = Date.now();
      this.#controller.abort(new Stopped());
    } else if (Date.now() - this.#firstAt > sameWishMs) {
      for (const kill of this.#kills) kill();
      process.exit(130);
    }
  };
}

/** Why something was not finished: the person wanted it to stop. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Waits for a promise, or rejects as the signal aborts. */
export async function unlessStopped<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
