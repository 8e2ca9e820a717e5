import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownMirror, suites } from "../src/debian-package.ts";
import { findNatsServer } from "../src/find-nats-server.ts";
import { temporaryFolder } from "./fake-release.ts";

const hasApt = existsSync("/usr/bin/apt-get") && existsSync("/etc/debian_version");
/** A release that no machine can reach. */
const release = { version: "2.15.0", url: "http://127.0.0.1:1", archives: {} };

it.runIf(hasApt)(
  "fetches Debian's package without touching what is installed",
  { timeout: 120_000 },
  async (context) => {
    const { uri } = await ownMirror("/");
    const index = await fetch(`${uri}/dists/${suites[0]}/InRelease`, {
      method: "HEAD",
      signal: AbortSignal.timeout(5_000),
    }).catch((reason: unknown) => String(reason));
    if (typeof index === "string" || !index.ok)
      context.skip(`the mirror of this machine does not answer: ${uri}`);
    await using folder = await temporaryFolder();
    const machine = () =>
      Promise.all(["/var/lib/apt/lists", "/var/lib/dpkg"].map(async (path) => (await stat(path)).mtimeMs));
    const before = await machine();
    const cacheDir = join(folder.path, "cache");

    const found = await findNatsServer({ release, cacheDir, env: { PATH: "" } });

    expect(found.source).toBe("debian");
    expect(await readdir(cacheDir)).toEqual([`${found.version}-${process.platform}-${process.arch}`]);
    expect(await readFile(join(found.path, "../LICENSE"), "utf8")).toContain("Apache-2.0");
    expect(await machine()).toEqual(before);
  },
);

it.runIf(hasApt)("refuses a mirror that nobody signed", async () => {
  await using folder = await temporaryFolder();
  const [root, mirror] = [join(folder.path, "root"), join(folder.path, "mirror")];
  await mkdir(join(root, "etc/apt"), { recursive: true });
  await writeFile(join(root, "etc/os-release"), "ID=debian\nVERSION_CODENAME=trixie\n");
  await writeFile(join(root, "etc/apt/sources.list"), `deb file:${mirror} trixie main\n`);
  for (const suite of suites) {
    await mkdir(join(mirror, "dists", suite), { recursive: true });
    await writeFile(join(mirror, "dists", suite, "Release"), `Codename: ${suite}\nSHA256:\n`);
  }
  const cacheDir = join(folder.path, "cache");

  const finding = findNatsServer({ release, cacheDir, debianRoot: root, env: { PATH: "" } });

  await expect(finding).rejects.toThrow(`The repository 'file:${mirror} forky Release' is not signed.`);
  expect(await readdir(cacheDir)).toEqual([]);
});
