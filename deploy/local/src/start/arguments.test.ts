import { describe, expect, it } from "vitest";
import { parseArguments } from "./arguments.ts";

describe("the arguments of start", () => {
  it.each([
    [[], {}],
    [["--once"], { once: true }],
    [["--", "--once"], { once: true }],
    [["--verbose", "--folder", "/tmp/x"], { verbose: true, folder: "/tmp/x" }],
    [["-h"], { help: true }],
  ])("%j are %j", (args, wanted) => {
    expect(parseArguments(args)).toMatchObject({ once: false, verbose: false, help: false, ...wanted });
  });

  it.each([["--onse"], ["now"], ["--once=yes"], ["--folder"]])("%j is refused with a hint", (arg) => {
    expect(() => parseArguments([arg])).toThrow("--help lists what there is");
  });
});
