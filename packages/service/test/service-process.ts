import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A line that a service logged. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** The fixture service as a real process. Disposing it kills it. */
export class ServiceProcess implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #lineCame = Promise.withResolvers<void>();

  constructor(behaviour: string, env: Record<string, string> = {}) {
    const path = fileURLToPath(new URL("./fixtures/service.ts", import.meta.url));
    this.#child = spawn(process.execPath, [path, behaviour], {
      env: { ...process.env, HTTP_PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stderr.pipe(process.stderr);
    createInterface(this.#child.stdout).on("line", (line) => {
      this.lines.push(JSON.parse(line) as LogLine);
      this.#lineCame.resolve();
      this.#lineCame = Promise.withResolvers();
    });
    this.exited = once(this.#child, "close").then(([code]) => code as number | null);
  }

  /** Waits for a line; throws when the process ends without it. */
  async line(text: string): Promise<LogLine> {
    while (true) {
      const found = this.lines.find(({ msg }) => msg.includes(text));
      if (found) return found;
      const ended = await Promise.race([this.#lineCame.promise, this.exited]);
      if (ended !== undefined) throw new Error(`It ended without "${text}": ${JSON.stringify(this.lines)}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}
