import { parseTaskId } from "@linecook/protocol";
import { expect, it } from "vitest";
import { idempotentTaskId } from "./idempotency.ts";

it("makes the same id for the same task, key and input, and another one when any differs", () => {
  const id = idempotentTaskId("make_tea", "8e03978e", '{"cups":1}');
  expect(parseTaskId(id)?.task).toBe("make_tea");
  expect(idempotentTaskId("make_tea", "8e03978e", '{"cups":1}')).toBe(id);
  const others = [
    idempotentTaskId("make_tea", "8e03978e", '{"cups":2}'),
    idempotentTaskId("make_tea", "other", '{"cups":1}'),
    idempotentTaskId("make_coffee", "8e03978e", '{"cups":1}'),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

it.each(["", "k".repeat(256)])("refuses a key of a length that is none", (key) => {
  expect(() => idempotentTaskId("make_tea", key, "1")).toThrow(
    expect.objectContaining({ code: "bad_header" }),
  );
});
