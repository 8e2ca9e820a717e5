import { chmod, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder, writeFakeServer } from "../test/fake-release.ts";
import { addToCache, findCached, openCache } from "./cache.ts";

const name = (version: string) => `${version}-${process.platform}-${process.arch}`;
const fillWith = (version: string) => async (keep: string) => {
  await writeFakeServer(join(keep, "nats-server"), version);
};
const ignore = () => {};

it("keeps a server, and finds the newest of those that run", async () => {
  await using folder = await temporaryFolder();
  await addToCache(folder.path, fillWith("2.15.0"));
  await addToCache(folder.path, fillWith("2.14.2"));
  await mkdir(join(folder.path, name("2.16.0")));
  const lines: string[] = [];

  const found = await findCached([folder.path], (line) => lines.push(line));

  const path = join(folder.path, name("2.15.0"), "nats-server");
  expect(found).toEqual({ path, version: "2.15.0", source: "cache" });
  expect(lines).toEqual([expect.stringContaining(join(name("2.16.0"), "nats-server"))]);
});

it.each([
  ["fetching fails", () => Promise.reject(new Error("cut off"))],
  ["the server is too old", fillWith("2.10.0")],
  [
    "the server does not run",
    (keep: string) => writeFile(join(keep, "nats-server"), "no program", { mode: 0o755 }),
  ],
])("leaves nothing behind when %s", async (_, fill) => {
  await using folder = await temporaryFolder();
  await expect(addToCache(folder.path, fill)).rejects.toThrow();
  expect(await readdir(folder.path)).toEqual([]);
});

it("lets the copy stand that another run added in the meantime", async () => {
  await using folder = await temporaryFolder();
  const { path } = await addToCache(folder.path, fillWith("2.15.0"));
  await writeFile(path, `${await readFile(path, "utf8")}# the first\n`);

  expect(await addToCache(folder.path, fillWith("2.15.0"))).toEqual({ path, version: "2.15.0" });

  expect(await readFile(path, "utf8")).toContain("# the first");
  expect(await readdir(folder.path)).toEqual([name("2.15.0")]);
});

it("puts a sound copy in the place of a broken one", async () => {
  await using folder = await temporaryFolder();
  const { path } = await addToCache(folder.path, fillWith("2.15.0"));
  await writeFile(path, "cut o");

  await addToCache(folder.path, fillWith("2.15.0"));

  expect(await findCached([folder.path], ignore)).toMatchObject({ version: "2.15.0" });
  expect(await readdir(folder.path)).toEqual([name("2.15.0")]);
});

it("removes what a killed run left an hour ago, and nothing that is in work", async () => {
  await using folder = await temporaryFolder();
  const [abandoned, inWork] = [join(folder.path, ".new-abandoned"), join(folder.path, ".new-in-work")];
  await mkdir(abandoned);
  await mkdir(inWork);
  const twoHoursAgo = Date.now() / 1000 - 7200;
  await utimes(abandoned, twoHoursAgo, twoHoursAgo);

  await openCache([folder.path], ignore);

  expect(await readdir(folder.path)).toEqual([".new-in-work"]);
});

it("uses the next folder, and says so, when the first cannot be made", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await writeFile(file, "");
  const lines: string[] = [];

  const opened = await openCache([join(file, "cache"), join(folder.path, "next")], (line) =>
    lines.push(line),
  );

  expect(opened).toBe(join(folder.path, "next"));
  expect(lines).toEqual([expect.stringMatching(/^Cannot use the cache \(ENOTDIR: .*\): using .*next$/)]);
});

it("neither runs nor keeps a server in a folder that others can write to", async () => {
  await using folder = await temporaryFolder();
  await addToCache(folder.path, fillWith("2.15.0"));
  await chmod(folder.path, 0o777);

  expect(await findCached([folder.path], ignore)).toBeUndefined();
  await expect(openCache([folder.path], ignore)).rejects.toMatchObject({ code: "not_found" });
});
