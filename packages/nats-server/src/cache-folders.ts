import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The part of the environment that says where a user's caches are. */
export interface CacheEnvironment {
  XDG_CACHE_HOME?: string | undefined;
  LOCALAPPDATA?: string | undefined;
  HOME?: string | undefined;
}

/** The folders that may hold cached servers, the best first; the last is one of this user's own among the temporary files. */
export function cacheFolders(env: CacheEnvironment): string[] {
  const home = env.HOME && isAbsolute(env.HOME) ? join(env.HOME, ".cache") : undefined;
  const base = [env.XDG_CACHE_HOME, env.LOCALAPPDATA, home].find((path) => path && isAbsolute(path));
  const user = process.getuid?.() ?? "user";
  const folders = [join(tmpdir(), `linecook-nats-server-${user}`)];
  if (base) folders.unshift(join(base, "linecook", "nats-server"));
  return folders;
}

/**
 * Makes a cache folder, and throws when what stands there is not this user's alone: among the temporary files
 * anyone could have put a program there to be run by us.
 */
export async function makeCacheFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await isOurs(folder)))
    throw new Error(`${folder} belongs to another user, or others can write to it`);
}

/** Whether a folder is there and belongs to this user, with nobody else allowed to write to it. */
export async function isOurs(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => undefined);
  if (!stat?.isDirectory()) return false;
  if (!process.getuid) return true;
  return stat.uid === process.getuid() && (stat.mode & 0o022) === 0;
}
