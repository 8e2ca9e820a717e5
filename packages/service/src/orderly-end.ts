import type { Logger } from "@linecook/telemetry";
import { ConfigError } from "./config-error.ts";
import { NatsError } from "./nats-error.ts";

// Ctrl-C reaches a whole process group, and a parent often passes its own signal on: that is one wish to stop.
const sameWishMs = 500;

/**
 * Ends a process in order, once, whatever the reason: a signal, a failed start, an error that nobody caught.
 * What it owns is disposed, last first; then the event loop empties by itself.
 */
export class OrderlyEnd {
  readonly #owned = new AsyncDisposableStack();
  readonly #stopping = new AbortController();
  readonly #start = Promise.withResolvers<void>();
  readonly #logger: Logger;
  readonly #limitMs: number;
  #beganAt = 0;

  constructor(logger: Logger, limitMs: number) {
    this.#logger = logger;
    this.#limitMs = limitMs;
    process.on("SIGTERM", (name) => this.#onSignal(name));
    process.on("SIGINT", (name) => this.#onSignal(name));
    process.on("uncaughtException", (error) => this.#fail("an error that nobody caught", error));
  }

  /** Aborted as the end begins. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  own<Resource extends AsyncDisposable>(resource: Resource): Resource {
    return this.#owned.use(resource);
  }

  started(url: string | undefined): void {
    if (!this.signal.aborted) this.#logger.info({ url }, "ready");
    this.#start.resolve();
  }

  startFailed(error: unknown): void {
    this.#start.resolve();
    // Whoever is told to stop while starting may well throw; that is no failure.
    if (!this.signal.aborted) this.#fail("could not start", error);
  }

  #onSignal(name: NodeJS.Signals): void {
    if (!this.signal.aborted) {
      this.#logger.info({ signal: name }, "stopping");
      this.#begin(0);
    } else if (Date.now() - this.#beganAt > sameWishMs) {
      this.#exitNow(`${name} came again: stopping at once`);
    }
  }

  #fail(what: string, error: unknown): void {
    if (error instanceof ConfigError || error instanceof NatsError) this.#logger.fatal(error.message);
    else this.#logger.fatal({ err: error }, what);
    this.#begin(1);
  }

  #begin(exitCode: 0 | 1): void {
    if (!process.exitCode) process.exitCode = exitCode;
    if (this.signal.aborted) return;
    this.#beganAt = Date.now();
    setTimeout(() => this.#exitNow(`did not stop within ${this.#limitMs} ms`), this.#limitMs).unref();
    this.#stopping.abort(new Error("stopping"));
    void this.#dispose();
  }

  async #dispose(): Promise<void> {
    await this.#start.promise;
    try {
      await this.#owned.disposeAsync();
      if (process.exitCode === 0) this.#logger.info({ took_ms: Date.now() - this.#beganAt }, "stopped");
    } catch (error) {
      this.#fail("could not stop in order", error);
    }
  }

  #exitNow(reason: string): never {
    this.#logger.fatal({ still_open: process.getActiveResourcesInfo() }, reason);
    process.exit(1);
  }
}
