import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The folder of what is kept between starts. One start has it at a time: two brokers on one store would ruin it.
 * Disposing it lets the next one in; what is in it stays.
 */
export class StateFolder implements AsyncDisposable {
  /** Where the broker stores. */
  readonly storeDir: string;
  readonly #lock: string;

  private constructor(folder: string) {
    this.storeDir = join(folder, "broker");
    this.#lock = lockFile(folder);
  }

  /** Takes the folder, and makes it when it is missing. Throws when another start that still runs has it. */
  static async take(folder: string): Promise<StateFolder> {
    await mkdir(folder, { recursive: true });
    const lock = lockFile(folder);
    const holder = await readHolder(lock);
    if (holder !== undefined && isAlive(holder)) {
      throw new Error(
        `Linecook runs here already, as process ${holder}. Stop that one first, or use --once, which keeps nothing. ` +
          `If it is no Linecook, remove ${lock}.`,
      );
    }
    await rm(lock, { force: true });
    // Of two that begin in the same moment, this lets one in.
    await writeFile(lock, `${process.pid}\n`, { flag: "wx" });
    return new StateFolder(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#lock, { force: true });
  }
}

const lockFile = (folder: string) => join(folder, "start.pid");

async function readHolder(lock: string): Promise<number | undefined> {
  const text = await readFile(lock, "utf8").catch(() => "");
  return Number.parseInt(text, 10) || undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
