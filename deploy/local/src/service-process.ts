import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type LogLine, parseLogLine } from "./log-line.ts";
import { mainFile, type ServiceName } from "./service-name.ts";

/** How a service is started. */
export interface ServiceOptions {
  /** How long it may take until it is ready. @default 30000 */
  readyTimeoutMs?: number;
  /** How long it may take to end when it is disposed, before it is killed. @default 10000 */
  stopTimeoutMs?: number;
  /** Told each line that it logs, as it comes. @default nobody is told */
  onLog?: (line: LogLine) => void;
}

/** How a process ended: with an exit code, or by a signal. */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const keptLines = 5_000;

/**
 * Starts a service as a process of its own: `startService("gateway", { NATS_URL: server.url })`. Returns at once;
 * wait for `ready`. The variables come on top of those of this process, with `HTTP_HOST` on loopback, `HTTP_PORT` 0
 * (a free one; see `url`) and `LOG_LEVEL` info unless they say otherwise. A quieter level than info hides the line
 * that tells when it is ready, so that `ready` never resolves.
 *
 * The process ends with this one, even when that is killed; a Ctrl-C on the terminal does not reach it.
 */
export function startService(
  name: ServiceName,
  env: Readonly<Record<string, string | undefined>> = {},
  options: ServiceOptions = {},
): ServiceProcess {
  return new ServiceProcess(name, env, options);
}

/** A service that runs as a process. Disposing it stops it in order, and kills it when it takes too long. */
export class ServiceProcess implements AsyncDisposable {
  readonly name: ServiceName;
  /** What it logged, the oldest first; the last 5000 lines are kept. */
  readonly logs: LogLine[] = [];
  /** Resolves with its url when it is ready. Rejects when it ends before that, with its last words, or is late. */
  readonly ready: Promise<string>;
  /** Resolves when the process has ended and all that it wrote was read. */
  readonly exited: Promise<ServiceExit>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #stopTimeoutMs: number;
  readonly #listeners = new Set<(line: LogLine) => void>();
  #url: string | undefined;

  constructor(
    name: ServiceName,
    env: Readonly<Record<string, string | undefined>>,
    options: ServiceOptions = {},
  ) {
    this.name = name;
    this.#stopTimeoutMs = options.stopTimeoutMs ?? 10_000;
    if (options.onLog) this.#listeners.add(options.onLog);
    const bond = new URL("end-with-parent.ts", import.meta.url).href;
    this.#child = spawn(process.execPath, ["--import", bond, mainFile(name)], {
      // biome-ignore lint/style/noProcessEnv: a child gets PATH, HOME and the like from its parent.
      env: { ...process.env, HTTP_HOST: "127.0.0.1", HTTP_PORT: "0", LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    }) as ChildProcessByStdio<null, Readable, Readable>;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface(stream).on("line", (text) => this.#onLine(parseLogLine(text)));
    }
    this.exited = once(this.#child, "close").then(
      ([code, signal]) => ({ code, signal }),
      () => ({ code: 1, signal: null }),
    );
    this.ready = this.#becomesReady(options.readyTimeoutMs ?? 30_000);
    // Whoever does not wait for it learns of the end by `exited`.
    this.ready.catch(() => {});
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Where it answers over HTTP. Throws until it is ready. */
  get url(): string {
    if (this.#url === undefined) throw new Error(`${this.name} is not ready: wait for its \`ready\` first`);
    return this.#url;
  }

  /** Sends a signal; does nothing when the process has ended. @default "SIGKILL" */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** Stops it by SIGTERM, and by SIGKILL when it takes longer. Resolves when it has ended. */
  async stop(timeoutMs = this.#stopTimeoutMs): Promise<ServiceExit> {
    this.kill("SIGTERM");
    const late = setTimeout(() => this.kill("SIGKILL"), timeoutMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Waits for a line that has exactly this `msg`, or matches it; one that was logged already will do. Rejects when
   * the process ends without it, or after `timeoutMs`.
   */
  async logged(msg: string | RegExp, timeoutMs = 30_000): Promise<LogLine> {
    const matches = (line: LogLine) => (typeof msg === "string" ? line.msg === msg : msg.test(line.msg));
    const known = this.logs.find(matches);
    if (known) return known;
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const listener = (line: LogLine) => matches(line) && resolve(line);
    const late = setTimeout(
      () => reject(this.#failure(`did not log "${msg}" within ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#listeners.add(listener);
    void this.exited.then((exit) => reject(this.#failure(`ended (${describeExit(exit)}) without "${msg}"`)));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#listeners.delete(listener);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #onLine(line: LogLine): void {
    this.logs.push(line);
    if (this.logs.length > keptLines) this.logs.shift();
    if (line.msg === "ready" && typeof line["url"] === "string") this.#url = line["url"];
    for (const listener of this.#listeners) listener(line);
  }

  async #becomesReady(timeoutMs: number): Promise<string> {
    await this.logged("ready", timeoutMs);
    return this.url;
  }

  #failure(what: string): Error {
    const lastWords = this.logs.slice(-8).map(({ level, msg }) => `  ${level} ${msg}`);
    return new Error([`${this.name} ${what}. Its last lines:`, ...lastWords].join("\n"));
  }
}

/** Says in two or three words how a process ended. */
export function describeExit({ code, signal }: ServiceExit): string {
  return signal === null ? `exit code ${code}` : signal;
}
