import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFiles } from "./find-files.ts";

async function folder(...names: string[]) {
  const made = await mkdtempDisposable(join(tmpdir(), "linecook-files-"));
  for (const name of names) await writeFile(join(made.path, name), name.startsWith("empty") ? "" : "x");
  return made;
}

describe("findFiles", () => {
  it("takes one file, or what a glob matches, sorted", async () => {
    await using data = await folder("b.csv", "a.csv", "c.parquet", "d.csv.gz", "notes.md");
    expect(await findFiles(join(data.path, "c.parquet"))).toEqual([
      { path: join(data.path, "c.parquet"), kind: "parquet" },
    ]);
    const found = await findFiles(join(data.path, "*.csv*"));
    expect(found.map(({ path }) => path.slice(data.path.length + 1))).toEqual(["a.csv", "b.csv", "d.csv.gz"]);
  });

  it("takes a file whose name looks like a glob", async () => {
    await using data = await folder("q[3].csv");
    expect(await findFiles(join(data.path, "q[3].csv"))).toHaveLength(1);
  });

  it.each([
    ["nothing.csv", "no_shipments_file", "no file is there at SHIPMENTS="],
    ["*.parquet", "no_shipments_file", "no file is there at SHIPMENTS="],
    ["", "no_shipments_file", "is the folder"],
    ["empty.csv", "empty_file", "not even column names"],
    ["a.xlsx", "unreadable_file", "neither .parquet nor .csv"],
  ])("says what is wrong with %j", async (name, code, message) => {
    await using data = await folder("a.csv", "a.xlsx", "empty.csv");
    const error = expect.objectContaining({ code, message: expect.stringContaining(message) });
    await expect(findFiles(join(data.path, name))).rejects.toEqual(error);
  });

  it("reads nothing from the network", async () => {
    await expect(findFiles("s3://bucket/*.parquet")).rejects.toThrow("a file or a glob on this machine");
  });
});
