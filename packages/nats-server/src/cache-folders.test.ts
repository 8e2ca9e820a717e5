import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { cacheFolders } from "./cache-folders.ts";

it("puts the cache where the user's caches are", () => {
  expect(cacheFolders({ HOME: "/home/ann" })[0]).toBe("/home/ann/.cache/linecook/nats-server");
  expect(cacheFolders({ HOME: "/home/ann", XDG_CACHE_HOME: "/big" })[0]).toBe("/big/linecook/nats-server");
});

it("uses a folder of the user's own among the temporary files when there is no home", () => {
  const folders = cacheFolders({ XDG_CACHE_HOME: "not/absolute" });
  expect(folders.map(dirname)).toEqual([tmpdir()]);
});
