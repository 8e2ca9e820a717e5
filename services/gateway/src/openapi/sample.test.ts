import { generateReport, sendEmail } from "@linecook/contracts";
import { describeTask } from "@linecook/protocol";
import { expect, it } from "vitest";
import { compileCheck } from "../input-check.ts";
import { sampleOf } from "./sample.ts";

it.each([generateReport, sendEmail])("makes an input that $name accepts", (task) => {
  const { input_schema } = describeTask(task);
  expect(compileCheck(input_schema)(sampleOf(input_schema))).toEqual([]);
});

it.each<[object, unknown]>([
  [{ type: "integer", examples: [42], minimum: 7 }, 42],
  [{ enum: ["green", "black"] }, "green"],
  [{ const: 3 }, 3],
  [{ type: "string", default: "x" }, "x"],
  [{ type: "number", minimum: 7 }, 7],
  [{ anyOf: [{ type: "boolean" }, { type: "string" }] }, true],
  [{ type: "array", items: { type: "string" } }, []],
  [{ type: "array", items: { type: "string" }, minItems: 1 }, ["text"]],
  [{ type: "string", format: "email" }, "someone@example.com"],
  [{ type: "object", required: ["a"], properties: { a: { type: "integer" }, b: {} } }, { a: 1 }],
  [{}, null],
])("makes of %j the sample %j", (schema, sample) => {
  expect(sampleOf({ ...schema })).toEqual(sample);
});
