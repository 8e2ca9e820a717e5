import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lanes } from "./lane.ts";
import {
  artifactName,
  attemptMessageId,
  consumerFilter,
  deadSubject,
  eventSubject,
  eventsSubject,
  laterSubject,
  laterSubjectAnyLane,
  parseTaskSubject,
  recordKey,
  recordSubject,
  recordsSubject,
  taskIdOfSubject,
  taskSubject,
  taskSubjectAnyLane,
  workerKey,
} from "./subjects.ts";
import { newTaskId, taskIdParts } from "./task-id.ts";

const id = "make_tea-0123456789ABCDEFGHIJab";
const uid = "0123456789ABCDEFGHIJab";

describe("subjects and keys", () => {
  it("follow from a task id alone", () => {
    expect(taskSubject(id, "high")).toBe(`task.make_tea.high.${uid}`);
    expect(laterSubject(id, "low")).toBe(`later.make_tea.low.${uid}`);
    expect(recordKey(id)).toBe(`make_tea.${uid}`);
    expect(recordSubject(id)).toBe(`$KV.task_state.make_tea.${uid}`);
    expect(eventSubject(id)).toBe(`event.task.make_tea.${uid}`);
    expect(deadSubject(taskIdParts(id))).toBe(`dead.make_tea.${uid}`);
    expect(attemptMessageId(id, 2)).toBe(`${id}.2`);
    expect(artifactName(id, "report.html")).toBe(`${id}/report.html`);
  });

  it("lead back to the task id", () => {
    for (const subject of [recordSubject(id), eventSubject(id), deadSubject(taskIdParts(id))]) {
      expect(taskIdOfSubject(subject)).toBe(id);
    }
    for (const lane of lanes) {
      expect(parseTaskSubject(taskSubject(id, lane))).toEqual({ task: "make_tea", lane, uid });
    }
  });

  it("are refused for what is no task id", () => {
    for (const make of [taskSubjectAnyLane, laterSubjectAnyLane, recordKey, recordSubject, eventSubject]) {
      expect(() => make("make_tea-*")).toThrow(expect.objectContaining({ code: "bad_task_id" }));
      expect(() => make("make_tea.>")).toThrow(expect.objectContaining({ code: "bad_task_id" }));
    }
  });

  it("of a group take in those of each of its tasks", () => {
    const other = newTaskId("make_coffee");
    expect(covers(eventsSubject(), eventSubject(id))).toBe(true);
    expect(covers(eventsSubject("make_tea"), eventSubject(id))).toBe(true);
    expect(covers(eventsSubject("make_tea"), eventSubject(other))).toBe(false);
    expect(covers(recordsSubject(), recordSubject(id))).toBe(true);
    expect(covers(recordsSubject("make_tea"), recordSubject(other))).toBe(false);
    expect(covers(taskSubjectAnyLane(id), taskSubject(id, "high"))).toBe(true);
    expect(covers(laterSubjectAnyLane(id), laterSubject(id, "high"))).toBe(true);
    expect(covers(consumerFilter("make_tea", "high"), taskSubject(id, "high"))).toBe(true);
    expect(covers(consumerFilter("make_tea", "high"), taskSubject(id, "low"))).toBe(false);
  });

  it("of other messages are not taken for those of tasks", () => {
    for (const subject of [
      "",
      "task",
      "task.a.high",
      "task.a.urgent.b",
      "task.a.high.b.c",
      laterSubject(id, "low"),
      "cron.daily",
    ]) {
      expect(parseTaskSubject(subject)).toBeUndefined();
    }
  });
});

describe("a worker's key", () => {
  it("is two tokens that a bucket takes, whatever its names are", () => {
    expect(workerKey("report-worker", "host_1-42")).toBe("report-worker.host_1-42");
    expect(workerKey("", "host.example.org")).toBe("_.host_example_org");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (service, instance) => {
        expect(workerKey(service, instance)).toMatch(/^[\w-]{1,100}\.[\w-]{1,100}$/);
      }),
    );
  });
});

/** Whether a NATS subject with wildcards takes in another. */
function covers(pattern: string, subject: string): boolean {
  const [wanted, given] = [pattern.split("."), subject.split(".")];
  return (
    wanted.every((token, i) =>
      token === ">" ? i < given.length : given[i] !== undefined && (token === "*" || token === given[i]),
    ) &&
    (wanted.at(-1) === ">" || wanted.length === given.length)
  );
}
