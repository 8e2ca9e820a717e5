import { describe, expect, it } from "vitest";
import { compileCheck } from "./input-check.ts";
import type { KnownTask } from "./known-tasks.ts";
import { readSubmission } from "./submission.ts";

const schema = { type: "object", required: ["cups"], properties: { cups: { type: "integer" } } };
const task: KnownTask = {
  type: {
    task: "make_tea",
    description: "",
    version: "1",
    input_schema: schema,
    result_schema: {},
    defaults: { attempts: 3, timeout_ms: 1_000, ack_wait_ms: 1_000, lane: "low" },
  },
  check: compileCheck(schema, "/input"),
};
const input = { cups: 2 };

function pointersOf(body: unknown): unknown[] {
  try {
    readSubmission(task, body);
    return [];
  } catch (error) {
    const { errors = [] } = error as { errors?: { pointer: string }[] };
    return errors.map(({ pointer }) => pointer);
  }
}

describe("readSubmission", () => {
  it("takes the lane of the task unless told otherwise", () => {
    expect(readSubmission(task, { input })).toEqual({ input, lane: "low" });
    expect(readSubmission(task, { input, priority: "high" })).toEqual({ input, lane: "high" });
  });

  it("takes a delay or a time", () => {
    const inAnHour = new Date(Date.now() + 3_600_000);
    expect(readSubmission(task, { input, run_at: inAnHour.toISOString() }).runAt).toEqual(inAnHour);
    const { runAt } = readSubmission(task, { input, delay_ms: 3_600_000 });
    expect(runAt?.getTime()).toBeCloseTo(inAnHour.getTime(), -4);
  });

  it("takes a time that is over, or no delay, as at once", () => {
    expect(readSubmission(task, { input, run_at: "2020-01-01T00:00:00Z" })).toEqual({ input, lane: "low" });
    expect(readSubmission(task, { input, delay_ms: 0 })).toEqual({ input, lane: "low" });
  });

  it.each([
    [undefined, [""]],
    [null, [""]],
    [[], [""]],
    ["text", [""]],
    [{}, ["/input"]],
    [{ input, prio: "high" }, ["/prio"]],
    [{ input, priority: "urgent" }, ["/priority"]],
    [{ input, delay_ms: -1 }, ["/delay_ms"]],
    [{ input, delay_ms: 1.5 }, ["/delay_ms"]],
    [{ input, delay_ms: 400 * 86_400_000 }, ["/delay_ms"]],
    [{ input, run_at: "tomorrow" }, ["/run_at"]],
    [{ input, run_at: "9999-01-01T00:00:00Z" }, ["/run_at"]],
    [{ input, run_at: "2030-12-31T23:59:60Z" }, ["/run_at"]],
    [{ input, delay_ms: 1, run_at: "2020-01-01T00:00:00Z" }, ["/run_at"]],
    [{ input: {} }, ["/input/cups"]],
    [{ input: { cups: "two" } }, ["/input/cups"]],
    [{ input: null }, ["/input"]],
  ])("names what is wrong with %j", (body, pointers) => {
    expect(pointersOf(body)).toEqual(pointers);
  });

  it("refuses every input of a task whose schema cannot be used", () => {
    const { check: _, ...broken } = task;
    expect(() => readSubmission(broken, { input })).toThrow(
      expect.objectContaining({ code: "broken_schema" }),
    );
  });
});
