import { expect, it } from "vitest";
import { lastEventId } from "./last-event-id.ts";

it("is the sequence of the event, and nothing when there is none", () => {
  expect(lastEventId("42")).toBe(42);
  expect(lastEventId(undefined)).toBeUndefined();
  expect(lastEventId("")).toBeUndefined();
});

it.each(["latest", "-1", "1.5", "0x10", "1 2", "9".repeat(16), ["1", "2"]])("refuses %j", (header) => {
  expect(() => lastEventId(header)).toThrow(expect.objectContaining({ code: "bad_header" }));
});
