import { describeTask } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { generateReport } from "./generate-report.ts";

const reads = (input: unknown) => generateReport.input.safeParse(input);

describe("the input of generate_report", () => {
  it.each([
    { user_id: 7 },
    { user_id: 0, period: "2026-Q3", format: "json" },
    { user_id: -1, period: { from: "2026-01-01", to: "2026-01-02" }, carriers: ["DHL", " UPS "] },
    { user_id: 7, period: { from: "2024-02-29", to: "2027-03-05" } },
  ])("can be %j", (input) => {
    expect(reads(input).error).toBeUndefined();
  });

  it("is a page of the last quarter when nothing else is asked for", () => {
    expect(reads({ user_id: 7 }).data).toEqual({ user_id: 7, format: "html" });
  });

  it.each<[string, object]>([
    ["user_id", { user_id: "7" }],
    ["user_id", { user_id: 7.5 }],
    ["user_id", { user_id: 1e300 }],
    ["user_id", {}],
    ["period", { user_id: 7, period: "2026-Q5" }],
    ["period", { user_id: 7, period: "Q1" }],
    ["period", { user_id: 7, period: { from: "2026-01-02", to: "2026-01-02" } }],
    ["period", { user_id: 7, period: { from: "2026-02-30", to: "2026-03-02" } }],
    ["period", { user_id: 7, period: { from: "2020-01-01", to: "2026-01-01" } }],
    ["carriers", { user_id: 7, carriers: [] }],
    ["carriers", { user_id: 7, carriers: ["  "] }],
    ["carriers", { user_id: 7, carriers: Array.from({ length: 41 }, (_, i) => `c${i}`) }],
    ["format", { user_id: 7, format: "pdf" }],
    ["colour", { user_id: 7, colour: "green" }],
  ])("names what is wrong: %s in %j", (field, input) => {
    const wrong = reads(input).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    expect(wrong?.join("; ")).toContain(field);
  });
});

describe("the type of generate_report", () => {
  it("can be told in JSON Schema, with a description for people", () => {
    const type = describeTask(generateReport);
    expect(type.description).not.toBe("");
    expect(type.input_schema).toMatchObject({
      type: "object",
      required: ["user_id"],
      additionalProperties: false,
    });
    expect(JSON.stringify(type).length).toBeLessThan(100_000);
  });
});
