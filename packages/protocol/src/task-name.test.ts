import { describe, expect, it } from "vitest";
import { checkTaskName, isTaskName } from "./task-name.ts";

describe("a task name", () => {
  it.each(["a", "generate_report", "a1_", "x".repeat(63)])("can be %j", (name) => {
    expect(isTaskName(name)).toBe(true);
    expect(checkTaskName(name)).toBe(name);
  });

  it.each(["", "A", "1a", "_a", "a-b", "a.b", "a b", "a*", "a>", "ä", "a\n", "x".repeat(64)])(
    "cannot be %j",
    (name) => {
      expect(isTaskName(name)).toBe(false);
      expect(() => checkTaskName(name)).toThrow(
        expect.objectContaining({ name: "ProtocolError", code: "bad_task_name", retryable: false }),
      );
    },
  );
});
