import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import { bindToParent } from "./parent-bond.ts";

const pollMs = 5;
const logTailLines = 8;

/** How a server process ended: with an exit code, or by a signal. */
export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What a server says it listens on. */
export interface ListeningOn {
  nats: string[];
  monitoring: string[];
}

/** What one run of a server needs. */
export interface RunOptions {
  binary: string;
  configFile: string;
  logFile: string;
  /** Where the configuration tells the server to write its ports. */
  portsDir: string;
  /** What is removed when this process ends without having stopped the server. */
  temporaryFolder: string;
}

/** One run of a nats-server, from its start to its end. */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  readonly #child: ChildProcess;
  readonly #options: RunOptions;
  #exit: ServerExit | undefined;

  private constructor(child: ChildProcess, pid: number, options: RunOptions) {
    this.pid = pid;
    this.#child = child;
    this.#options = options;
    const release = bindToParent(pid, options.temporaryFolder);
    this.exited = once(child, "exit").then(([code, signal]) => {
      release();
      this.#exit = { code, signal };
      return this.#exit;
    });
  }

  static async spawn(options: RunOptions): Promise<ServerProcess> {
    const { binary, configFile, logFile } = options;
    const log = openSync(logFile, "a");
    try {
      // A group of its own: Ctrl-C on a terminal reaches the parent, which ends its server when it sees fit.
      const child = spawn(binary, ["-c", configFile], { stdio: ["ignore", log, log], detached: true });
      await once(child, "spawn");
      if (child.pid === undefined) throw new Error("it got no process id");
      return new ServerProcess(child, child.pid, options);
    } catch (thrown) {
      throw new NatsServerError("start_failed", `Could not run ${binary}: ${reasonOf(thrown)}`, {
        cause: thrown,
      });
    } finally {
      closeSync(log);
    }
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** Waits until the server accepts clients: it writes its ports after JetStream is up and its listeners are open. */
  async ready(timeoutMs: number): Promise<ListeningOn> {
    const { binary, portsDir } = this.#options;
    const file = join(portsDir, `${basename(binary)}_${this.pid}.ports`);
    const end = Date.now() + timeoutMs;
    while (this.isRunning && Date.now() < end) {
      const ports = parsePorts(await readFile(file, "utf8").catch(() => ""));
      if (ports) return ports;
      await delay(pollMs);
    }
    const what = this.isRunning ? `was not ready after ${timeoutMs / 1000} s` : "ended at its start";
    await this.end("SIGKILL");
    throw await this.#startFailed(what);
  }

  /** Sends a signal and waits for the end; what does not end within the bound is killed. */
  async end(signal: NodeJS.Signals, timeoutMs = 10_000): Promise<ServerExit> {
    if (this.#exit) return this.#exit;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  async #startFailed(what: string): Promise<NatsServerError> {
    const log = await readFile(this.#options.logFile, "utf8").catch(() => "");
    const tail = log.trim().split("\n").slice(-logTailLines).join("\n");
    const inUse = /address already in use|only one usage of each socket address/i.test(tail);
    const code = inUse ? "port_in_use" : "start_failed";
    return new NatsServerError(code, `nats-server ${what}. The end of its log:\n${tail}`);
  }
}

/** The file is not written in one step: what cannot be read yet is read again. */
function parsePorts(text: string): ListeningOn | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
