import { spawnSync } from "node:child_process";
import { mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StateFolder } from "./state-folder.ts";

const temporary = () => mkdtempDisposable(join(tmpdir(), "linecook-state-"));

describe("the folder of what is kept", () => {
  it("is one start's at a time, and free again when that has ended", async () => {
    await using folder = await temporary();
    {
      await using _first = await StateFolder.take(folder.path);
      await expect(StateFolder.take(folder.path)).rejects.toThrow(`as process ${process.pid}`);
    }
    await using again = await StateFolder.take(folder.path);
    expect(again.storeDir).toBe(join(folder.path, "broker"));
  });

  it("is taken from one that was killed", async () => {
    await using folder = await temporary();
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(join(folder.path, "start.pid"), `${pid}\n`);
    await (await StateFolder.take(folder.path))[Symbol.asyncDispose]();
    expect(await readdir(folder.path)).toEqual([]);
  });
});
