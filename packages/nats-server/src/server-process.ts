import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { NatsServerError, reasonOf } from "./error.ts";
import { bindToParent } from "./parent-bond.ts";
import { portsFile } from "./server-config.ts";

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

/** One run of a nats-server, from its start to its end. */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  readonly #child: ChildProcess;
  #exit: ServerExit | undefined;

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    this.#child = child;
    this.exited = once(child, "exit").then(([code, signal]) => {
      this.#exit = { code, signal };
      return this.#exit;
    });
  }

  static async spawn(binary: string, configFile: string, logFile: string): Promise<ServerProcess> {
    const log = openSync(logFile, "a");
    try {
      // A group of its own: Ctrl-C on a terminal reaches the parent, which ends its server when it sees fit.
      const child = spawn(binary, ["-c", configFile], { stdio: ["ignore", log, log], detached: true });
      await once(child, "spawn");
      if (child.pid === undefined) throw new Error("it got no process id");
      const started = new ServerProcess(child, child.pid);
      const release = bindToParent(child.pid);
      void started.exited.then(release);
      return started;
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
  async ready(binary: string, folder: string, logFile: string, timeoutMs: number): Promise<ListeningOn> {
    const file = portsFile(folder, binary, this.pid);
    const end = Date.now() + timeoutMs;
    while (this.isRunning && Date.now() < end) {
      const ports = parsePorts(await readFile(file, "utf8").catch(() => ""));
      if (ports) return ports;
      await delay(pollMs);
    }
    const what = this.isRunning ? `was not ready after ${timeoutMs / 1000} s` : "ended at its start";
    await this.end("SIGKILL");
    const log = await readFile(logFile, "utf8").catch(() => "");
    const tail = log.trim().split("\n").slice(-logTailLines).join("\n");
    throw new NatsServerError(
      "start_failed",
      `nats-server ${what}. The end of its log (${logFile}):\n${tail}`,
    );
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
}

/** The file is not written in one step: what cannot be read yet is read again. */
function parsePorts(text: string): ListeningOn | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
