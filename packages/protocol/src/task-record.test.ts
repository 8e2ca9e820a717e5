import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newTaskId } from "./task-id.ts";
import {
  finalStates,
  isFinal,
  isInstant,
  parseTaskRecord,
  type TaskRecord,
  taskStates,
} from "./task-record.ts";

const record: TaskRecord = {
  task_id: newTaskId("make_tea"),
  task: "make_tea",
  state: "running",
  attempt: 2,
  submitted_at: "2026-08-21T10:00:00Z",
};

const full: TaskRecord = {
  ...record,
  state: "succeeded",
  progress: { fraction: 0.5, message: "steeping" },
  result: { cups: 2 },
  error: { code: "spilled", message: "once more" },
  started_at: "2026-08-21T10:00:00.123Z",
  finished_at: "2026-08-21T12:00:00.123456789+02:00",
  next_attempt_at: "2026-08-21T10:00:01Z",
  worker: "tea-worker.host-1",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

describe("a task record", () => {
  it("is read as it was written", () => {
    expect(parseTaskRecord(JSON.stringify(record))).toEqual(record);
    expect(parseTaskRecord(JSON.stringify(full))).toEqual(full);
  });

  it("may say more than this version knows", () => {
    expect(parseTaskRecord(JSON.stringify({ ...record, colour: "green" }))).toEqual(record);
  });

  it.each<[string, object]>([
    ["task_id", { task_id: "make_tea-short" }],
    ["task_id", { task_id: undefined }],
    ["task", { task: "Make Tea" }],
    ["state", { state: "lost" }],
    ["attempt", { attempt: 0 }],
    ["attempt", { attempt: 1.5 }],
    ["submitted_at", { submitted_at: "yesterday" }],
    ["submitted_at", { submitted_at: "2026-02-30T00:00:00Z" }],
    ["finished_at", { finished_at: 1_700_000_000 }],
    ["fraction", { progress: { fraction: 1.1 } }],
    ["message", { progress: { fraction: 1, message: "m".repeat(501) } }],
    ["error", { error: "broken" }],
  ])("is refused with the name of what is wrong: %s %j", (field, wrong) => {
    expect(() => parseTaskRecord(JSON.stringify({ ...record, ...wrong }))).toThrow(
      expect.objectContaining({ code: "bad_record", message: expect.stringContaining(field) }),
    );
  });

  it("is never read from junk, and junk throws nothing else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"task_id":${json}}`),
        ),
        (text) => {
          expect(() => parseTaskRecord(text)).toThrow(expect.objectContaining({ code: "bad_record" }));
        },
      ),
    );
  });
});

describe("states", () => {
  it("are final when nothing follows", () => {
    expect(taskStates.filter(isFinal)).toEqual([...finalStates]);
    expect([...finalStates]).toEqual(["succeeded", "failed", "cancelled"]);
  });
});

describe("a moment", () => {
  it("is what a date writes", () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") }),
        (date) => {
          expect(isInstant(date.toISOString())).toBe(true);
        },
      ),
    );
  });

  it.each([
    "",
    "now",
    "2026-08-21",
    "2026-08-21 10:00:00Z",
    "2026-08-21T10:00:00",
    "2026-02-30T00:00:00Z",
    "2026-01-01T24:00:00Z",
  ])("is not %j", (text) => {
    expect(isInstant(text)).toBe(false);
  });
});
