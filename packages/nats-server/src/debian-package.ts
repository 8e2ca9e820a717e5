import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { type AptSource, findMirror } from "./apt-sources.ts";
import { binaryName } from "./binary.ts";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import { runCommand } from "./run-command.ts";

/** The suites that carry a new enough nats-server; trixie and older do not. */
export const suites = ["forky", "sid"];
const fetchTimeoutMs = 180_000;

/**
 * Fetches the nats-server of a newer Debian suite with apt, from the mirror of this machine, into `keep`. apt works in
 * `work` alone, so it needs no root and the machine's own packages and lists stay as they are; it checks signatures with
 * the machine's own keys. Throws where the machine is no Debian or no suite could be fetched.
 */
export async function fetchDebianPackage(
  keep: string,
  work: string,
  onStep: (line: string) => void,
  root = "/",
): Promise<void> {
  const mirror = await ownMirror(root);
  const reasons: string[] = [];
  for (const suite of suites) {
    onStep(
      `Fetching nats-server of Debian ${suite} by apt from ${withoutPassword(mirror.uri)}; nothing is installed`,
    );
    try {
      return await fetchFrom(suite, mirror, keep, work);
    } catch (thrown) {
      reasons.push(`${suite}: ${reasonOf(thrown)}`);
    }
  }
  throw new NatsServerError("fetch_failed", reasons.join("; "));
}

async function fetchFrom(suite: string, mirror: AptSource, keep: string, work: string): Promise<void> {
  const folder = join(work, suite);
  const config = await writeAptFiles(folder, suite, mirror);
  const apt = (...args: string[]) =>
    runCommand("apt-get", ["-q", `-c=${config}`, ...args], { cwd: folder, timeoutMs: fetchTimeoutMs });
  await apt("update");
  await apt("download", "nats-server");
  const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (!archive) throw new Error("apt-get download left no package");
  const unpacked = join(folder, "unpacked");
  await runCommand("dpkg-deb", ["-x", join(folder, archive), unpacked], { timeoutMs: 60_000 });
  const target = join(keep, binaryName);
  await copyFile(join(unpacked, "usr/sbin/nats-server"), target);
  await chmod(target, 0o755);
  await copyFile(join(unpacked, "usr/share/doc/nats-server/copyright"), join(keep, "LICENSE"));
}

/** Gives apt a world of its own: one source, own folders, and none of the machine's pins and hooks. */
async function writeAptFiles(folder: string, suite: string, mirror: AptSource): Promise<string> {
  await mkdir(join(folder, "lists/partial"), { recursive: true });
  await mkdir(join(folder, "cache/archives/partial"), { recursive: true });
  const source = [
    "Types: deb",
    `URIs: ${mirror.uri}`,
    `Suites: ${suite}`,
    "Components: main",
    ...(mirror.signedBy ? [`Signed-By: ${mirror.signedBy}`] : []),
  ];
  await writeFile(join(folder, "mirror.sources"), `${source.join("\n")}\n`);
  await writeFile(join(folder, "status"), "");
  const config = join(folder, "apt.conf");
  await writeFile(config, aptConfig(folder));
  return config;
}

function aptConfig(folder: string): string {
  const settings = {
    "Dir::Etc::sourcelist": join(folder, "mirror.sources"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": join(folder, "cache"),
    "Dir::Cache::archives": "archives",
    // Root's apt would fetch as a user that may not enter our folder.
    "APT::Sandbox::User": "",
    "APT::Default-Release": "",
    // Only the list of packages: no translations, icons or contents.
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    "Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled": "false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    "Acquire::http::Timeout": "10",
    "Acquire::https::Timeout": "10",
    "Acquire::Retries": "1",
    // Without it apt takes a mirror that it could not reach for an empty one.
    "APT::Update::Error-Mode": "any",
  };
  const hooks = ["APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success"];
  return [
    ...hooks.map((hook) => `#clear ${hook};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
    "",
  ].join("\n");
}

/** The mirror that this machine gets its own Debian packages from; throws when it names none. */
export async function ownMirror(root: string): Promise<AptSource> {
  const release = parseEnv(await readFile(join(root, "etc/os-release"), "utf8").catch(() => ""));
  const isDebian = [release["ID"], ...(release["ID_LIKE"] ?? "").split(" ")].includes("debian");
  if (!isDebian) throw new NatsServerError("fetch_failed", "this machine is no Debian");
  const codenames = [release["DEBIAN_CODENAME"], release["VERSION_CODENAME"]].filter(
    (name) => name !== undefined,
  );
  const mirror = findMirror(await readSourceFiles(root), codenames);
  if (mirror) return mirror;
  throw new NatsServerError(
    "fetch_failed",
    `no source of this machine names ${codenames.join(" or ")} with main`,
  );
}

async function readSourceFiles(root: string): Promise<{ name: string; text: string }[]> {
  const parts = join(root, "etc/apt/sources.list.d");
  const names = (await readdir(parts).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const paths = [join(root, "etc/apt/sources.list"), ...names.map((name) => join(parts, name))];
  return Promise.all(
    paths.map(async (name) => ({ name, text: await readFile(name, "utf8").catch(() => "") })),
  );
}

function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, "//");
}
