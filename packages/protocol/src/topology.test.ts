import { describe, expect, it } from "vitest";
import { lanes } from "./lane.ts";
import { deadSubject, eventSubject, laterSubject, names, recordSubject, taskSubject } from "./subjects.ts";
import { newTaskId, taskIdParts } from "./task-id.ts";
import { consumerPlans, streamPlans } from "./topology.ts";

const id = newTaskId("make_tea");
const subjects = streamPlans.flatMap((plan) =>
  plan.subjects.map((subject) => ({ stream: plan.name, subject })),
);
const consumers = consumerPlans({ name: "make_tea", ackWaitMs: 10_000 });

describe("the topology", () => {
  it("has no subject that two streams would take, nor one that is republished into a stream", () => {
    const republished = streamPlans.flatMap(({ republish }) =>
      republish === undefined
        ? []
        : [{ stream: "republished", subject: republish.to.replace(/\{\{[^}]*\}\}/g, "*") }],
    );
    const all = [...subjects, ...republished];
    const clashes = all.flatMap((a, i) =>
      all
        .slice(i + 1)
        .filter((b) => overlap(a.subject, b.subject))
        .map((b) => [a, b]),
    );
    expect(clashes).toEqual([]);
  });

  it("takes each subject of a task into the stream that it is for", () => {
    const taken = (subject: string) =>
      subjects.filter((one) => overlap(one.subject, subject)).map(({ stream }) => stream);
    for (const lane of lanes) {
      expect(taken(taskSubject(id, lane))).toEqual([names.tasks]);
      expect(taken(laterSubject(id, lane))).toEqual([names.tasks]);
    }
    expect(taken("cron.nightly")).toEqual([names.tasks]);
    expect(taken(deadSubject(taskIdParts(id)))).toEqual([names.dead]);
    expect(taken(recordSubject(id))).toEqual([`KV_${names.taskState}`]);
    expect(taken(eventSubject(id))).toEqual([]);
  });

  it("gives workers no message that holds a schedule: acking it would cancel it", () => {
    for (const { filter, stream } of consumers) {
      expect(stream).toBe(names.tasks);
      expect(overlap(filter, "later.*.*.*")).toBe(false);
      expect(overlap(filter, "cron.*")).toBe(false);
    }
  });

  it("has one consumer for each lane, which do not overlap, as a work queue demands", () => {
    expect(consumers.map(({ name }) => name)).toEqual(["make_tea-high", "make_tea-normal", "make_tea-low"]);
    const filters = [...consumers, ...consumerPlans({ name: "make_teas", ackWaitMs: 500 })].map(
      ({ filter }) => filter,
    );
    const clashes = filters.flatMap((a, i) => filters.slice(i + 1).filter((b) => overlap(a, b)));
    expect(clashes).toEqual([]);
  });

  it("keeps one record of a task, and lets it say how long", () => {
    const plan = streamPlans.find(({ name }) => name === "KV_task_state");
    expect(plan).toMatchObject({ perSubject: 1, messageTtl: true, maxAgeMs: 0 });
  });
});

/** Whether there is a subject that both of these, with their wildcards, take in. */
function overlap(a: string, b: string): boolean {
  const [left, right] = [a.split("."), b.split(".")];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [l, r] = [left[i], right[i]];
    if (l === undefined || r === undefined) return false;
    if (l === ">" || r === ">") return true;
    if (l !== r && l !== "*" && r !== "*") return false;
  }
  return true;
}
