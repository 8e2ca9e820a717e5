import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { packFakeServer, serveRelease, temporaryFolder, writeFakeServer } from "../test/fake-release.ts";
import { findNatsServer } from "./find-nats-server.ts";
import { freePorts } from "./free-ports.ts";
import type { Release } from "./release.ts";

const kept = `2.15.0-${process.platform}-${process.arch}`;

/** A machine without a server, whose mirror and sites are the test's own. */
async function emptyMachine() {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const cacheDir = join(folder.path, "cache");
  const search = {
    cacheDir,
    debianRoot: folder.path,
    env: { PATH: "" },
    onStep: (line: string) => lines.push(line),
  };
  return { ...folder, cacheDir, lines, search };
}

async function unreachable(): Promise<Release> {
  const [port] = await freePorts(1);
  const archives = { [`${process.platform}-${process.arch}`]: { file: "x.tar.gz", sha256: "" } };
  return { version: "2.15.0", url: `http://127.0.0.1:${port}`, archives };
}

it("uses the binary that LINECOOK_NATS_SERVER names before any other", async () => {
  await using machine = await emptyMachine();
  const explicit = await writeFakeServer(join(machine.path, "mine"), "2.15.3");
  await writeFakeServer(join(machine.path, "bin/nats-server"), "2.15.2");
  const env = { PATH: join(machine.path, "bin"), LINECOOK_NATS_SERVER: explicit };
  expect(await findNatsServer({ ...machine.search, env })).toEqual({
    path: explicit,
    version: "2.15.3",
    source: "explicit",
  });
});

it("refuses a LINECOOK_NATS_SERVER that is too old instead of searching on", async () => {
  await using machine = await emptyMachine();
  const path = await writeFakeServer(join(machine.path, "mine"), "2.10.27");
  const finding = findNatsServer({ ...machine.search, env: { PATH: "", LINECOOK_NATS_SERVER: path } });
  await expect(finding).rejects.toMatchObject({
    code: "bad_binary",
    message: `${path} is 2.10.27; 2.14.0 or newer is needed`,
  });
});

it("names a server on PATH that is too old, and uses the next", async () => {
  await using machine = await emptyMachine();
  const old = await writeFakeServer(join(machine.path, "old/nats-server"), "2.9.10");
  const path = await writeFakeServer(join(machine.path, "new/nats-server"), "2.14.0");
  const env = { PATH: ["old", "nothing", "new"].map((name) => join(machine.path, name)).join(delimiter) };

  expect(await findNatsServer({ ...machine.search, env })).toEqual({
    path,
    version: "2.14.0",
    source: "path",
  });

  expect(machine.lines).toEqual([`Skipped: ${old} is 2.9.10; 2.14.0 or newer is needed`]);
});

it("fetches the release with its licence once, and finds it in the cache after that", async () => {
  await using machine = await emptyMachine();
  await using site = await serveRelease(await packFakeServer("2.15.0"));
  const search = { ...machine.search, release: site.release };
  const path = join(machine.cacheDir, kept, "nats-server");

  expect(await findNatsServer(search)).toEqual({ path, version: "2.15.0", source: "release" });
  expect(await findNatsServer(search)).toEqual({ path, version: "2.15.0", source: "cache" });

  expect(site.served.count).toBe(1);
  expect(await readFile(join(machine.cacheDir, kept, "LICENSE"), "utf8")).toBe("Apache License\n");
  expect(machine.lines).toEqual([
    `Fetching nats-server 2.15.0 from ${site.release.url}/nats-server.tar.gz`,
    `Kept nats-server 2.15.0 at ${path}`,
  ]);
});

it("shares the cache between two processes that fetch at once", async () => {
  await using machine = await emptyMachine();
  await using site = await serveRelease(await packFakeServer("2.15.0"));
  const finder = new URL("./find-nats-server.ts", import.meta.url).href;
  const search = { ...machine.search, release: site.release };
  const script = `import { findNatsServer } from ${JSON.stringify(finder)};
    console.log((await findNatsServer(${JSON.stringify(search)})).path);`;
  const find = async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
    return Buffer.concat(printed).toString().trim();
  };

  const path = join(machine.cacheDir, kept, "nats-server");
  expect(await Promise.all([find(), find()])).toEqual([path, path]);
  expect(await readdir(machine.cacheDir)).toEqual([kept]);
});

it("uses nothing of an archive whose checksum is another, and leaves nothing behind", async () => {
  await using machine = await emptyMachine();
  await using site = await serveRelease(await packFakeServer("2.15.0"));
  const [platform = "", archive] = Object.entries(site.release.archives)[0] ?? [];
  const archives = { [platform]: { file: archive?.file ?? "", sha256: "0".repeat(64) } };

  const finding = findNatsServer({ ...machine.search, release: { ...site.release, archives } });

  await expect(finding).rejects.toMatchObject({ cause: { errors: [{ code: "checksum_mismatch" }, {}] } });
  expect(machine.lines[1]).toContain(`has the SHA-256 ${archive?.sha256}, published is ${"0".repeat(64)}`);
  expect(await readdir(machine.cacheDir)).toEqual([]);
});

it("leaves nothing behind when an archive cannot be unpacked", async () => {
  await using machine = await emptyMachine();
  await using site = await serveRelease(Buffer.from("no archive"));
  await expect(findNatsServer({ ...machine.search, release: site.release })).rejects.toThrow(
    "could not unpack the archive: tar: ",
  );
  expect(await readdir(machine.cacheDir)).toEqual([]);
});

it("tries each way, and says why each failed and what to install when none works", async () => {
  await using machine = await emptyMachine();
  const release = await unreachable();
  const finding = findNatsServer({ ...machine.search, release });
  await expect(finding).rejects.toMatchObject({
    code: "not_found",
    message: `No nats-server 2.14.0 or newer was found, and none could be fetched.
- on PATH and in the cache: none that can be used
- official release at ${release.url}: connect ECONNREFUSED ${release.url.slice("http://".length)}
- Debian package: this machine is no Debian
Install nats-server from https://nats.io/download and put it on PATH, or name it in LINECOOK_NATS_SERVER,
or set NATS_URL to a server that runs already.`,
  });
  expect(machine.lines).toEqual([
    `Fetching nats-server 2.15.0 from ${release.url}/x.tar.gz`,
    expect.stringMatching(/^That did not work: connect ECONNREFUSED /),
    "That did not work: this machine is no Debian",
  ]);
});
