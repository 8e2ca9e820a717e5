import { newTaskId, type TaskRecord } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";

const attempts = 3;

function stored(state: TaskRecord["state"], attempt: number) {
  const record: TaskRecord = {
    task_id: newTaskId("make_tea"),
    task: "make_tea",
    state,
    attempt,
    submitted_at: "2026-01-02T03:04:05Z",
  };
  return { record, sequence: 9 };
}

describe("a message that is handed out again", () => {
  it.each<[string, number, ReturnType<typeof stored> | undefined, object]>([
    ["nothing was said: it may never have come", 1, undefined, { step: "run", attempt: 1, sequence: 0 }],
    ["nothing was said of the last attempt", 3, undefined, { step: "run", attempt: 3, sequence: 0 }],
    ["it ran", 1, stored("running", 1), { step: "run", attempt: 2, sequence: 9 }],
    ["it ran once more", 1, stored("running", 2), { step: "run", attempt: 3, sequence: 9 }],
    ["it ran for the last time", 1, stored("running", 3), { step: "lose", attempt: 3, sequence: 9 }],
    ["it was given back", 1, stored("queued", 1), { step: "run", attempt: 1, sequence: 9 }],
    ["it was given back after a crash", 1, stored("queued", 2), { step: "run", attempt: 2, sequence: 9 }],
    ["nothing was said of its retry", 2, stored("retrying", 1), { step: "run", attempt: 2, sequence: 9 }],
    [
      "nothing was said of its last retry",
      3,
      stored("retrying", 2),
      { step: "run", attempt: 3, sequence: 9 },
    ],
    ["it failed and is to be retried", 1, stored("retrying", 1), { step: "reschedule", sequence: 9 }],
    ["it crashed, then failed", 1, stored("retrying", 2), { step: "reschedule", sequence: 9 }],
    ["it ended well", 1, stored("succeeded", 1), { step: "finish" }],
    ["it failed for good", 2, stored("failed", 2), { step: "finish" }],
    ["it was cancelled", 1, stored("cancelled", 1), { step: "finish" }],
  ])("%s", (_what, asked, record, plan) => {
    expect(decide(asked, record, false, attempts)).toMatchObject(plan);
  });

  it.each<[string, number, ReturnType<typeof stored> | undefined, object]>([
    ["nothing was said", 3, undefined, { step: "run", attempt: 3, sequence: 0 }],
    ["it ran for the last time", 1, stored("running", 3), { step: "run", attempt: 3, sequence: 9 }],
    ["it ended", 1, stored("failed", 3), { step: "finish" }],
  ])("costs no attempt when the server was away: %s", (_what, asked, record, plan) => {
    expect(decide(asked, record, false, attempts, true)).toMatchObject(plan);
  });

  it.each(["running", "queued", "retrying", "succeeded"] as const)(
    "was settled when the task has a later message, whatever its record says: %s",
    (state) => {
      expect(decide(1, stored(state, 2), true, attempts)).toEqual({ step: "ack" });
    },
  );
});
