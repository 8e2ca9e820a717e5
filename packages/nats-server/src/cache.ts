import { constants } from "node:fs";
import { access, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { binaryName, checkBinary, type FoundNatsServer } from "./binary.ts";
import { isOurs, makeCacheFolder } from "./cache-folders.ts";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import { compareVersions } from "./version.ts";

/** The folder name of one server: a home shared between machines may hold several kinds. */
const suffix = `-${process.platform}-${process.arch}`;
const workPrefix = ".new-";
const abandonedAfterMs = 3_600_000;

/** The newest cached server that runs here; one that does not is named and skipped. */
export async function findCached(
  folders: readonly string[],
  onStep: (line: string) => void,
): Promise<FoundNatsServer | undefined> {
  for (const folder of folders) {
    if (!(await isOurs(folder))) continue;
    const kept = (await readdir(folder)).filter((name) => name.endsWith(suffix) && !name.startsWith("."));
    for (const name of kept.sort((a, b) => compareVersions(b, a))) {
      const path = join(folder, name, binaryName);
      try {
        return { path, version: await checkBinary(path), source: "cache" };
      } catch (thrown) {
        onStep(`Skipped: ${reasonOf(thrown)}`);
      }
    }
  }
  return undefined;
}

/** The first of the folders that can be written; says so when it is not the best. */
export async function openCache(folders: readonly string[], onStep: (line: string) => void): Promise<string> {
  const reasons: string[] = [];
  for (const folder of folders) {
    try {
      await makeCacheFolder(folder);
      await removeAbandoned(folder);
      await access(folder, constants.W_OK);
      if (reasons.length > 0) onStep(`Cannot use the cache (${reasons.join("; ")}): using ${folder}`);
      return folder;
    } catch (thrown) {
      reasons.push(reasonOf(thrown));
    }
  }
  throw new NatsServerError(
    "not_found",
    `There is no folder to keep a nats-server in: ${reasons.join("; ")}`,
  );
}

/**
 * Adds a server to the cache. `fill` puts the binary and its licence into `keep`, and may use `work` for anything else.
 * The server appears in one step, complete and seen to run; if anything fails, nothing is left. Of two runs that do this
 * at once both succeed, and one copy stays.
 */
export async function addToCache(
  folder: string,
  fill: (keep: string, work: string) => Promise<void>,
): Promise<{ path: string; version: string }> {
  const work = await mkdtemp(join(folder, workPrefix));
  try {
    const keep = join(work, "keep");
    await mkdir(keep);
    await fill(keep, work);
    const version = await checkBinary(join(keep, binaryName));
    const target = join(folder, version + suffix);
    await moveIn(keep, target, join(work, "broken"));
    return { path: join(target, binaryName), version };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What a killed run could not remove itself. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(workPrefix)) continue;
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

async function moveIn(keep: string, target: string, broken: string): Promise<void> {
  if (await moveIfFree(keep, target)) return;
  const works = await checkBinary(join(target, binaryName)).then(Boolean, () => false);
  if (works) return;
  await rename(target, broken);
  await moveIfFree(keep, target);
}

/** False when another run was first, which is as good. */
async function moveIfFree(keep: string, target: string): Promise<boolean> {
  try {
    await rename(keep, target);
    return true;
  } catch (thrown) {
    const taken = ["ENOTEMPTY", "EEXIST", "EPERM"].includes((thrown as NodeJS.ErrnoException).code ?? "");
    if (!taken) throw thrown;
    return false;
  }
}
