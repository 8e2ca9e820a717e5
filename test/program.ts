import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** One message between a test and its programs. */
type Word = { ready: number } | { go: number } | { done: true };

/** Says that this program is up, with its port if it has one. */
export function ready(port = 0): void {
  process.send?.({ ready: port } satisfies Word);
}

/** Says that what was asked for is done. */
export function answer(): void {
  process.send?.({ done: true } satisfies Word);
}

/** What this program is told: how many to do next, and by SIGTERM to stop. */
export function orders(): { next: () => Promise<number>; stop: Promise<undefined> } {
  const stop = Promise.withResolvers<undefined>();
  const waiting: ((count: number) => void)[] = [];
  const come: number[] = [];
  process.once("SIGTERM", () => {
    stop.resolve(undefined);
    process.disconnect?.();
  });
  process.on("message", (word: Word) => {
    if (!("go" in word)) return;
    const waiter = waiting.shift();
    if (waiter === undefined) come.push(word.go);
    else waiter(word.go);
  });
  const next = () =>
    new Promise<number>((resolve) => {
      const count = come.shift();
      if (count === undefined) waiting.push(resolve);
      else resolve(count);
    });
  return { next, stop: stop.promise };
}

/** A program of a test or benchmark as a process of its own. */
export class Program implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts it and waits until it is ready. */
  static async start(file: URL, env: Record<string, string>): Promise<Program> {
    const child = fork(fileURLToPath(file), [], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [word] = (await once(child, "message")) as [{ ready: number }];
    return new Program(child, word.ready);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Has it do something `count` times, and waits until it has. */
  async go(count: number): Promise<void> {
    this.#child.send({ go: count } satisfies Word);
    await once(this.#child, "message");
  }

  /** Sends a signal and waits for the end: the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code, by] = await exited;
    return code ?? by;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end("SIGTERM");
  }
}
