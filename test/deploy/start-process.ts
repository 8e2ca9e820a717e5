import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const main = fileURLToPath(new URL("../../deploy/local/src/main.ts", import.meta.url));

/** The `start` command as a process. Disposing it kills it. */
export class StartProcess implements AsyncDisposable {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = "";

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, NATS_URL: "", SMTP_URL: "", SHIPMENTS: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
    this.exited = once(this.#child, "close").then(([code]) => code as number | null);
  }

  /** Everything that it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has written something that matches, and returns the first group of the match. */
  async shows(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.#output, { timeout: 30_000 }).toMatch(pattern);
    const [all, group] = pattern.exec(this.#output) ?? [];
    return group ?? all ?? "";
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The ids of the processes that it started, with their command lines. */
  async children(): Promise<Map<number, string>> {
    const pid = this.#child.pid;
    const ids = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").map(Number);
    const commands = await Promise.all(
      ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
    );
    return new Map(ids.map((id, index) => [id, (commands[index] ?? "").replaceAll("\0", " ")]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }
}

/** Whether a process still does something: one that has ended may stay listed until somebody asks for its code. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}
