import { randomUUID } from "node:crypto";
import { addAbortListener } from "node:events";
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Duck, literal } from "../duckdb.ts";
import { resolvePeriod } from "../period.ts";
import { ReportError } from "../report-error.ts";
import type { ShipmentsFile } from "./find-files.ts";

/** Raise it with every change to what is in the sample, also when a newer DuckDB hashes in another way. */
const sampleVersion = 1;

/**
 * The shipments of those who have none of their own yet: eight full quarters, up to the last one that is over.
 * They are made when first asked for, once per quarter, and kept in a folder that processes may share.
 */
export class SampleShipments {
  readonly #duck: Duck;
  readonly #directory: string;
  readonly #making = new Map<string, Promise<void>>();

  constructor(duck: Duck, directory: string) {
    this.#duck = duck;
    this.#directory = directory;
  }

  /** Tells `onMaking` before it makes one. What is being made is finished even when the signal aborts: others wait too. */
  async file(now: Date, signal: AbortSignal, onMaking: () => void): Promise<ShipmentsFile> {
    const quarter = resolvePeriod(undefined, now);
    const path = join(this.#directory, `shipments-v${sampleVersion}-${quarter.label}.parquet`);
    if (!(await exists(path))) {
      onMaking();
      await unlessAborted(this.#ensure(path, quarter.to), signal);
    }
    return { path, kind: "parquet" };
  }

  /** Resolves when nothing is being made any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#making.values());
  }

  /** Two reports of one process wait for one sample; two processes make the same one, and either may move it in. */
  #ensure(path: string, until: string): Promise<void> {
    const making = this.#making.get(path) ?? this.#make(path, until).finally(() => this.#making.delete(path));
    this.#making.set(path, making);
    return making;
  }

  async #make(path: string, until: string): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true });
      await this.#removeAbandoned();
      await this.#write(path, until);
    } catch (cause) {
      throw new ReportError(
        "no_sample",
        `the sample cannot be made at ${path}: ${cause instanceof Error ? cause.message : String(cause)}. ` +
          "Set SHIPMENTS to data of your own, or XDG_CACHE_HOME to a folder that can be written.",
        { cause },
      );
    }
  }

  async #write(path: string, until: string): Promise<void> {
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await using session = await this.#duck.session();
      await session.run(`SET VARIABLE until = DATE ${literal(until)}`);
      await session.run(await readFile(new URL("sample.sql", import.meta.url), "utf8"));
      await session.run(`COPY sample TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`);
      await flush(partial);
      await rename(partial, path);
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** What a process left behind that was killed at it. */
  async #removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith(".partial")) continue;
      const path = join(this.#directory, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > 3_600_000) await rm(path, { force: true });
    }
  }
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  using _ = addAbortListener(signal, () => reject(signal.reason));
  await Promise.race([promise, aborted]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** To the disk before it gets its name: a power cut must not leave a half sample under it. */
async function flush(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}
