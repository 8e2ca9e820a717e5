import { describe, expect, it } from "vitest";
import { parseLogLine } from "./log-line.ts";

describe("a line of a service's output", () => {
  it("is read with all its fields", () => {
    const text = '{"level":"warn","msg":"waiting for NATS","reason":"refused"}';
    expect(parseLogLine(text)).toEqual({ level: "warn", msg: "waiting for NATS", reason: "refused" });
  });

  it.each(["Error: no flour", "{", '{"level":"info"}', "[1]", ""])(
    "is an error when it is no log line: %j",
    (text) => expect(parseLogLine(text)).toEqual({ level: "error", msg: text }),
  );
});
