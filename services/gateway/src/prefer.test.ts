import { expect, it } from "vitest";
import { preferredWaitS } from "./prefer.ts";

it.each([
  ["wait=10", 10],
  ["respond-async, wait=5", 5],
  ['respond-async; Wait = "7"', 7],
  [["respond-async", "wait=3"], 3],
  ["wait=0", 0],
])("reads the seconds of %j", (header, seconds) => {
  expect(preferredWaitS(header)).toBe(seconds);
});

it.each([undefined, "", "wait", "wait=soon", "wait=-1", "wait=1.5", "wait=12345678901", "awaits=4"])(
  "does not wait for %j",
  (header) => {
    expect(preferredWaitS(header)).toBeUndefined();
  },
);
