import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { binaryName, checkBinary, type FoundNatsServer, isExecutable } from "./binary.ts";
import { isOurs, makeCacheFolder } from "./cache-folders.ts";
import { reasonOf } from "./error.ts";
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

/**
 * Adds a server to the first folder that can be written. `fill` puts the binary and its licence into `keep`, and may
 * use `work` for anything else. The server appears in the cache in one step, complete and seen to run; if anything
 * fails, nothing is left. Of two runs that do this at once both succeed, and one copy stays.
 */
export async function addToCache(
  folders: readonly string[],
  onStep: (line: string) => void,
  fill: (keep: string, work: string) => Promise<void>,
): Promise<{ path: string; version: string }> {
  const { folder, work } = await openWorkFolder(folders, onStep);
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

async function openWorkFolder(folders: readonly string[], onStep: (line: string) => void) {
  let reason: unknown;
  for (const folder of folders) {
    try {
      await makeCacheFolder(folder);
      await removeAbandoned(folder);
      const work = await mkdtemp(join(folder, workPrefix));
      if (reason) onStep(`Cannot use the cache (${reasonOf(reason)}): using ${folder}`);
      return { folder, work };
    } catch (thrown) {
      reason = thrown;
    }
  }
  throw reason;
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
  const move = () => rename(keep, target).then(() => true, isTaken);
  if (await move()) return;
  const path = join(target, binaryName);
  const works = (await isExecutable(path)) && (await checkBinary(path).then(Boolean, () => false));
  if (works) return;
  await rename(target, broken);
  await move();
}

/** Another run was first: that is as good. */
function isTaken(thrown: NodeJS.ErrnoException): false {
  if (thrown.code === "ENOTEMPTY" || thrown.code === "EEXIST" || thrown.code === "EPERM") return false;
  throw thrown;
}
