import { chmod, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { binaryName } from "./binary.ts";
import { type DownloadPatience, download } from "./download.ts";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import type { Release } from "./release.ts";
import { runCommand } from "./run-command.ts";

/**
 * Fetches the binary of an official release into `keep`. Nothing of the archive is looked at before its checksum is the
 * published one. Throws where there is no archive for this platform, and when any step fails.
 */
export async function fetchOfficialRelease(
  release: Release,
  keep: string,
  work: string,
  onStep: (line: string) => void,
  patience?: DownloadPatience,
): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const archive = release.archives[platform];
  if (!archive) throw new NatsServerError("fetch_failed", `${release.version} is not pinned for ${platform}`);
  const url = `${release.url}/${archive.file}`;
  onStep(`Fetching nats-server ${release.version} from ${url}`);
  const path = join(work, archive.file);
  const sha256 = await download(url, path, patience);
  if (sha256 !== archive.sha256) {
    const message = `${archive.file} has the SHA-256 ${sha256}, published is ${archive.sha256}: not used`;
    throw new NatsServerError("checksum_mismatch", message);
  }
  await unpack(path, join(work, "unpacked"), keep);
}

async function unpack(archive: string, unpacked: string, keep: string): Promise<void> {
  try {
    await mkdir(unpacked);
    // The tar of Windows is bsdtar, which reads zip as well.
    await runCommand("tar", ["-xf", archive, "-C", unpacked, "--strip-components=1"], { timeoutMs: 60_000 });
    for (const name of [binaryName, "LICENSE"]) await rename(join(unpacked, name), join(keep, name));
    await chmod(join(keep, binaryName), 0o755);
  } catch (thrown) {
    throw new NatsServerError("fetch_failed", `could not unpack the archive: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  }
}
