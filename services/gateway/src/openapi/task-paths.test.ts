import { expect, it } from "vitest";
import { compileCheck } from "../input-check.ts";
import { describeKnownTask } from "./task-paths.ts";

it("describes a task whose schema has no end without an example", () => {
  const defaults = { attempts: 1, timeout_ms: 1_000, ack_wait_ms: 1_000, lane: "normal" as const };
  const input_schema = { $ref: "#" };
  const type = { task: "endless", description: "", version: "1", input_schema, result_schema: {}, defaults };
  const { operation } = describeKnownTask({ type, check: compileCheck(input_schema) });
  expect(JSON.stringify(operation)).not.toContain('"example"');
});
