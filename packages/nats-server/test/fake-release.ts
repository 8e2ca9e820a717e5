import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Release } from "../src/release.ts";
import { runCommand } from "../src/run-command.ts";

/** A folder for one test, removed after it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "linecook-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a program that says it is a nats-server of the given version, which is all that a search asks of it. */
export async function writeFakeServer(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}

/** Packs a fake server as the official archives are packed. */
export async function packFakeServer(version: string): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const name = `nats-server-v${version}-fake`;
  await writeFakeServer(join(folder.path, name, "nats-server"), version);
  await writeFile(join(folder.path, name, "LICENSE"), "Apache License\n");
  await runCommand("tar", ["-czf", "archive.tar.gz", name], { cwd: folder.path });
  return readFile(join(folder.path, "archive.tar.gz"));
}

/** A site that serves one archive as a release for this platform, and counts how often it was asked for. */
export async function serveRelease(archive: Buffer, version = "2.15.0") {
  const served = { count: 0 };
  const server = createServer((_request, response) => {
    served.count += 1;
    response.end(archive);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const archives = { [`${process.platform}-${process.arch}`]: { file: "nats-server.tar.gz", sha256 } };
  const release: Release = { version, url: `http://127.0.0.1:${port}`, archives };
  const close = async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  };
  return { release, served, [Symbol.asyncDispose]: close };
}
