import { checkBinary, type FoundNatsServer } from "./binary.ts";
import { addToCache, findCached, openCache } from "./cache.ts";
import { type CacheEnvironment, cacheFolders } from "./cache-folders.ts";
import { fetchDebianPackage } from "./debian-package.ts";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import { fetchOfficialRelease } from "./official-release.ts";
import { findOnPath } from "./on-path.ts";
import { release as pinnedRelease, type Release } from "./release.ts";
import { oldestVersion } from "./version.ts";

/** How {@link findNatsServer} searches. */
export interface FindNatsServerOptions {
  /** Told in one line what each step does. @default nobody is told */
  onStep?: (line: string) => void;
  /** Where `PATH`, the cache and `LINECOOK_NATS_SERVER` are read from. @default process.env */
  env?: FindEnvironment;
  /** The folder that holds cached servers. @default linecook/nats-server in $XDG_CACHE_HOME or ~/.cache */
  cacheDir?: string;
  /** The release that is fetched. @default the pinned one */
  release?: Release;
  /** Where the files of this machine's Debian are. @default "/" */
  debianRoot?: string;
}

/** The variables that {@link findNatsServer} looks at. */
export interface FindEnvironment extends CacheEnvironment {
  PATH?: string | undefined;
  /** The path of a binary to use, without any search. */
  LINECOOK_NATS_SERVER?: string | undefined;
}

/**
 * Finds a nats-server of 2.14 or newer, or fetches one. In this order: the binary that `LINECOOK_NATS_SERVER` names; one
 * on `PATH`; a cached one; the pinned official release, checked against its SHA-256; and on Debian the package of forky
 * or sid, checked by apt. What is fetched goes into the cache, with its licence beside it; several runs may do this at
 * once. Throws a `NatsServerError`: `bad_binary` when `LINECOOK_NATS_SERVER` names one that cannot be used, `not_found`
 * when no way worked, with what was tried, why each failed and what to install.
 */
export async function findNatsServer(options: FindNatsServerOptions = {}): Promise<FoundNatsServer> {
  // biome-ignore lint/style/noProcessEnv: PATH and HOME are what a search for a program is about.
  const { onStep = () => {}, env = process.env, release = pinnedRelease, debianRoot } = options;
  const explicit = env.LINECOOK_NATS_SERVER;
  if (explicit) return { path: explicit, version: await checkBinary(explicit), source: "explicit" };

  const folders = options.cacheDir ? [options.cacheDir] : cacheFolders(env);
  const present = (await findOnPath(env.PATH ?? "", onStep)) ?? (await findCached(folders, onStep));
  if (present) return present;

  const cache = await openCache(folders, onStep);
  const ways: [source: FoundNatsServer["source"], fill: (keep: string, work: string) => Promise<void>][] = [
    ["release", (keep, work) => fetchOfficialRelease(release, keep, work, onStep)],
    ["debian", (keep, work) => fetchDebianPackage(keep, work, onStep, debianRoot)],
  ];
  const failures: unknown[] = [];
  for (const [source, fill] of ways) {
    try {
      const added = await addToCache(cache, fill);
      onStep(`Kept nats-server ${added.version} at ${added.path}`);
      return { ...added, source };
    } catch (thrown) {
      failures.push(thrown);
      onStep(`That did not work: ${reasonOf(thrown)}`);
    }
  }
  throw notFound(failures, release.url);
}

function notFound(failures: readonly unknown[], url: string): NatsServerError {
  const [release, debian] = failures.map(reasonOf);
  const lines = [
    `No nats-server ${oldestVersion} or newer was found, and none could be fetched.`,
    "- on PATH and in the cache: none that can be used",
    `- official release at ${url}: ${release}`,
    `- Debian package: ${debian}`,
    "Install nats-server from https://nats.io/download and put it on PATH, or name it in LINECOOK_NATS_SERVER,",
    "or set NATS_URL to a server that runs already.",
  ];
  return new NatsServerError("not_found", lines.join("\n"), { cause: new AggregateError(failures) });
}
