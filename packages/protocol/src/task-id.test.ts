import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newTaskId, parseTaskId, taskIdFrom, taskIdParts, taskIdPattern } from "./task-id.ts";
import { isTaskName } from "./task-name.ts";

const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/);
const uids = fc.stringMatching(/^[0-9A-Za-z]{22,32}$/);

describe("a task id", () => {
  it("tells its own task, whatever that is called", () => {
    fc.assert(
      fc.property(names, (name) => {
        const id = newTaskId(name);
        expect(id).toMatch(taskIdPattern);
        expect(parseTaskId(id)).toEqual({ task: name, uid: id.slice(name.length + 1) });
      }),
    );
  });

  it("is read back from its parts", () => {
    fc.assert(
      fc.property(names, uids, (task, uid) => {
        expect(taskIdParts(`${task}-${uid}`)).toEqual({ task, uid });
      }),
    );
  });

  it("is never read from anything else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parts = parseTaskId(text);
        if (parts === undefined) return;
        expect(`${parts.task}-${parts.uid}`).toBe(text);
        expect(isTaskName(parts.task)).toBe(true);
      }),
    );
    for (const text of [
      "",
      "a-",
      `a-${"x".repeat(21)}`,
      `a-${"x".repeat(33)}`,
      `a-${"x".repeat(22)}\n`,
      `a.b-${"x".repeat(22)}`,
    ]) {
      expect(parseTaskId(text)).toBeUndefined();
      expect(() => taskIdParts(text)).toThrow(expect.objectContaining({ code: "bad_task_id" }));
    }
  });

  it("does not repeat a long text that is none in the error", () => {
    expect(() => taskIdParts("x".repeat(10_000))).toThrow(/^.{1,250}$/);
  });

  it("is another one each time", () => {
    const ids = Array.from({ length: 20_000 }, () => newTaskId("a"));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("cannot be guessed: each of its 22 characters is one of 62, all as likely", () => {
    const rounds = 20_000;
    const count = new Map<string, number>();
    for (let i = 0; i < rounds; i += 1) {
      const { uid } = taskIdParts(newTaskId("a"));
      expect(uid).toHaveLength(22);
      for (const character of uid) count.set(character, (count.get(character) ?? 0) + 1);
    }
    expect(count.size).toBe(62);
    const expected = (rounds * 22) / 62;
    const chiSquare = [...count.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 61 degrees of freedom: a fair generator is above this once in ten million runs.
    expect(chiSquare).toBeLessThan(135);
    expect(22 * Math.log2(62)).toBeGreaterThan(96);
  });

  it("follows from a digest, with all the bits that an id holds", () => {
    fc.assert(
      fc.property(names, fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (name, digest) => {
        const id = taskIdFrom(name, digest);
        expect(parseTaskId(id)?.task).toBe(name);
        expect(taskIdFrom(name, digest)).toBe(id);
        expect(taskIdFrom(name, digest ^ (1n << 130n))).not.toBe(id);
      }),
    );
    expect(taskIdFrom("a", 0n)).toBe(`a-${"0".repeat(22)}`);
    expect(taskIdFrom("a", 62n + 61n)).toBe(`a-z1${"0".repeat(20)}`);
  });

  it("is not made for what is no task name", () => {
    for (const make of [newTaskId, (task: string) => taskIdFrom(task, 1n)]) {
      expect(() => make("No Name")).toThrow(expect.objectContaining({ code: "bad_task_name" }));
    }
  });
});
