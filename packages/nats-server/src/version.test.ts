import { expect, it } from "vitest";
import { compareVersions, isNewEnough, parseVersion } from "./version.ts";

it.each([
  ["nats-server: v2.15.1\n", "2.15.1"],
  ["nats-server: v2.15.0-RC.2", "2.15.0-RC.2"],
  ["nats-server version 2.9.10", "2.9.10"],
  ["usage: something else", undefined],
])("reads the version out of %j", (printed, version) => {
  expect(parseVersion(printed)).toBe(version);
});

it("orders versions by their numbers, not their letters", () => {
  expect(["2.9.10", "2.15.1", "2.14.0", "2.15.0"].sort(compareVersions)).toEqual([
    "2.9.10",
    "2.14.0",
    "2.15.0",
    "2.15.1",
  ]);
});

it("takes 2.14 and newer", () => {
  expect(["2.12.15", "2.13.9", "2.14.0", "2.15.1", "3.0.0"].filter(isNewEnough)).toEqual([
    "2.14.0",
    "2.15.1",
    "3.0.0",
  ]);
});
