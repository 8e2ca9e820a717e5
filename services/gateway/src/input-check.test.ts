import { generateReport, sendEmail } from "@linecook/contracts";
import { describeTask } from "@linecook/protocol";
import { expect, it } from "vitest";
import { compileCheck, isSchema } from "./input-check.ts";

const schema = {
  type: "object",
  required: ["name", "cups"],
  additionalProperties: false,
  properties: {
    name: { type: "string", minLength: 1 },
    cups: { type: "integer", maximum: 4 },
    kind: { enum: ["green", "black"] },
    "a/b~c": { type: "boolean" },
    at: { type: "string", format: "date-time" },
  },
};

it("says nothing of a value that matches", () => {
  expect(compileCheck(schema)({ name: "x", cups: 1, kind: "green" })).toEqual([]);
});

it("names each bad field by a JSON pointer", () => {
  const errors = compileCheck(schema, "/input")({ cups: 5, kind: "red", milk: true, "a/b~c": 1, at: "noon" });
  expect(errors).toEqual([
    { pointer: "/input/name", message: "is missing" },
    { pointer: "/input/milk", message: "is not known" },
    { pointer: "/input/cups", message: "must be <= 4" },
    { pointer: "/input/kind", message: 'must be one of ["green","black"]' },
    { pointer: "/input/a~1b~0c", message: "must be boolean" },
    { pointer: "/input/at", message: 'must match format "date-time"' },
  ]);
});

it("names a value that is wrong as a whole", () => {
  expect(compileCheck(schema, "/input")(undefined)).toEqual([
    { pointer: "/input", message: "must be object" },
  ]);
});

it("names fifty errors at the most", () => {
  const check = compileCheck({ type: "array", items: { type: "integer" } }, "/input");
  const errors = check(Array.from({ length: 1_000 }, () => "x"));
  expect(errors).toHaveLength(51);
  expect(errors.at(-1)).toEqual({ pointer: "/input", message: "has 950 more errors" });
});

it("stops at the first error of a large value, whose errors could fill the memory", () => {
  const check = compileCheck({ type: "array", items: { type: "integer" } });
  expect(check(Array.from({ length: 100_000 }, () => "x"))).toEqual([
    { pointer: "/0", message: "must be integer" },
  ]);
});

it("follows references within the schema", () => {
  const tree = {
    $ref: "#/$defs/node",
    $defs: {
      node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, id: { type: "integer" } } },
    },
  };
  expect(compileCheck(tree)({ id: 1, next: { id: "2" } })).toEqual([
    { pointer: "/next/id", message: "must be integer" },
  ]);
});

it.each([generateReport, sendEmail])("compiles what a worker of $name publishes", (task) => {
  const { input_schema, result_schema } = describeTask(task);
  expect(() => compileCheck(input_schema)).not.toThrow();
  expect(isSchema(result_schema)).toBe(true);
});

it.each([
  { type: "nonsense" },
  { $ref: "#/$defs/nowhere" },
  { $ref: "https://example.com/schema.json" },
  { type: "string", pattern: "(" },
])("throws for a schema that cannot be used: %j", (broken) => {
  expect(() => compileCheck(broken)).toThrow();
  expect(isSchema(broken)).toBe(false);
});

it("refuses a schema whose answers would be promises", () => {
  expect(() => compileCheck({ $async: true, type: "string" })).toThrow("$async");
  expect(isSchema({ $async: true })).toBe(false);
});
