import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { defineTask, type ParsedInput, type TaskInput, type TaskResult } from "./task-definition.ts";
import { describeTask, taskTypeSchema } from "./task-type.ts";

const input = z.strictObject({
  cups: z.int().min(1).default(1).describe("How many."),
  milk: z.boolean().optional(),
});
const result = z.object({ seconds: z.number() });
const makeTea = defineTask({ name: "make_tea", description: "Makes tea.", input, result });

describe("defineTask", () => {
  it("fills in what is not said", () => {
    expect(makeTea).toEqual({
      name: "make_tea",
      description: "Makes tea.",
      version: "1",
      input,
      result,
      attempts: 3,
      backoff: { minMs: 1_000, maxMs: 300_000, factor: 2 },
      timeoutMs: 600_000,
      ackWaitMs: 10_000,
      lane: "normal",
    });
  });

  it("keeps what is said", () => {
    const rules = { version: "2", attempts: 1, timeoutMs: 5, ackWaitMs: 500, lane: "low" } as const;
    expect(defineTask({ name: "a", input, result, ...rules, backoff: { factor: 3 } })).toMatchObject({
      ...rules,
      backoff: { minMs: 1_000, maxMs: 300_000, factor: 3 },
    });
  });

  it.each<[string, object]>([
    ["attempts", { attempts: 0 }],
    ["attempts", { attempts: 1_001 }],
    ["attempts", { attempts: 1.5 }],
    ["attempts", { attempts: Number.NaN }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["timeoutMs", { timeoutMs: Number.POSITIVE_INFINITY }],
    ["ackWaitMs", { ackWaitMs: 499 }],
    ["ackWaitMs", { ackWaitMs: 30_001 }],
    ["backoff.minMs", { backoff: { minMs: -1 } }],
    ["backoff.maxMs", { backoff: { minMs: 10, maxMs: 9 } }],
    ["backoff.factor", { backoff: { factor: 0.5 } }],
  ])("refuses rules out of bounds, by name: %s %j", (option, rules) => {
    expect(() => defineTask({ name: "make_tea", input, result, ...rules })).toThrow(
      expect.objectContaining({
        code: "bad_definition",
        message: expect.stringMatching(new RegExp(`make_tea.*${option.replace(".", "\\.")}`)),
      }),
    );
  });

  it("refuses a name that is none", () => {
    expect(() => defineTask({ name: "Make Tea", input, result })).toThrow(
      expect.objectContaining({ code: "bad_task_name" }),
    );
  });

  it("types what a submitter passes, what a handler gets, and what it returns", () => {
    expectTypeOf<TaskInput<typeof makeTea>>().toEqualTypeOf<{
      cups?: number | undefined;
      milk?: boolean | undefined;
    }>();
    expectTypeOf<ParsedInput<typeof makeTea>>().toEqualTypeOf<{ cups: number; milk?: boolean | undefined }>();
    expectTypeOf<TaskResult<typeof makeTea>>().toEqualTypeOf<{ seconds: number }>();
    expectTypeOf(makeTea.name).toEqualTypeOf<"make_tea">();
  });
});

describe("what a worker publishes about a task", () => {
  it("lets others validate and submit it without its code", () => {
    const type = describeTask(makeTea);
    expect(taskTypeSchema.parse(JSON.parse(JSON.stringify(type)))).toEqual(type);
    expect(type).toMatchObject({
      task: "make_tea",
      description: "Makes tea.",
      version: "1",
      input_schema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { cups: { type: "integer", default: 1, minimum: 1, description: "How many." } },
        additionalProperties: false,
      },
      result_schema: { type: "object", required: ["seconds"] },
      defaults: { attempts: 3, timeout_ms: 600_000, ack_wait_ms: 10_000, lane: "normal" },
    });
  });

  it("asks for no input that has a default, and promises the result as it is stored", () => {
    const task = defineTask({
      name: "a",
      input: z.object({ n: z.int().default(1) }),
      result: z.object({ m: z.int().default(2) }),
    });
    const { input_schema, result_schema } = describeTask(task);
    expect(input_schema["required"]).toBeUndefined();
    expect(result_schema["required"]).toEqual(["m"]);
  });

  it("names the task whose schema JSON cannot say", () => {
    const task = defineTask({ name: "count_stars", input: z.bigint(), result });
    expect(() => describeTask(task)).toThrow(
      expect.objectContaining({ code: "bad_definition", message: expect.stringContaining("count_stars") }),
    );
  });
});
