import type { LogLine } from "../log-line.ts";
import type { ServiceName } from "../service-name.ts";
import { describeExit, type ServiceProcess, startService } from "../service-process.ts";
import { keepRunning } from "./keep-running.ts";

/** What a supervised service is told, and whom it tells. */
export interface SupervisedOptions {
  env: Readonly<Record<string, string | undefined>>;
  onLog: (line: LogLine) => void;
  say: (line: string) => void;
}

// A worker gives its tasks 20 seconds, and then some moments to hand them back.
const stopTimeoutMs = 30_000;

/** A service that is started again when it ends by itself. Disposing stops it. */
export class SupervisedService implements AsyncDisposable {
  readonly name: ServiceName;
  readonly #options: SupervisedOptions;
  readonly #stopping = new AbortController();
  #env: SupervisedOptions["env"];
  #process: ServiceProcess;

  /** Starts it. Wait for `ready`. */
  constructor(name: ServiceName, options: SupervisedOptions) {
    this.name = name;
    this.#options = options;
    this.#env = options.env;
    this.#process = this.#spawn();
  }

  /** Resolves with its url once it is ready for the first time. Rejects when it does not come to that. */
  async ready(): Promise<string> {
    const url = await this.#process.ready.catch(() => this.#notReady());
    // A gateway that comes back must be found where it was.
    this.#env = { ...this.#env, HTTP_PORT: new URL(url).port };
    void keepRunning({
      name: this.name,
      ended: () => this.#process.exited,
      again: () => this.#again(),
      signal: this.#stopping.signal,
      say: this.#options.say,
    });
    return url;
  }

  kill(): void {
    this.#stopping.abort();
    this.#process.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#process.stop(stopTimeoutMs);
  }

  /** Its lines are on the screen already. */
  async #notReady(): Promise<never> {
    const exit = await Promise.race([this.#process.exited, undefined]);
    if (exit === undefined)
      throw new Error(`${this.name} was not ready in time; --verbose shows what it waits for.`);
    throw new Error(`${this.name} ended as it started (${describeExit(exit)}); why stands above.`);
  }

  async #again(): Promise<void> {
    this.#process = this.#spawn();
    try {
      await this.#process.ready;
    } catch (error) {
      await this.#process.stop();
      throw error;
    }
  }

  #spawn(): ServiceProcess {
    return startService(this.name, this.#env, { onLog: this.#options.onLog });
  }
}
