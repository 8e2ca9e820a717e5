import type { Lane } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import type { Attempt } from "./attempt.ts";
import type { Delivery } from "./delivery.ts";
import { Running } from "./running.ts";

/** As much of an attempt as is needed to run it, and to tell how it ended. */
class FakeAttempt {
  readonly delivery: Delivery;
  readonly #end = Promise.withResolvers<void>();
  readonly #back = Promise.withResolvers<void>();
  renewed = 0;

  constructor(delivery: Delivery) {
    this.delivery = delivery;
  }

  run = () => this.#end.promise;
  end = () => this.#end.resolve();
  interrupt = () => this.#end.resolve();
  giveBack = () => this.#back.promise;
  isBack = () => this.#back.resolve();
  renew = () => {
    this.renewed += 1;
  };
}

function delivery(taskId: string, lane: Lane = "normal", sequence = 1): Delivery {
  return { taskId, lane, sequence, working: () => {} } as Delivery;
}

function setUp(slots: number) {
  const running = new Running(slots, 60_000, () => {});
  const made = new Map<string, FakeAttempt>();
  const take = (from: Delivery) =>
    running.take(from, () => {
      const attempt = new FakeAttempt(from);
      made.set(from.taskId, attempt);
      return attempt as unknown as Attempt;
    });
  const attempt = (taskId: string): FakeAttempt => {
    const found = made.get(taskId);
    if (found === undefined) throw new Error(`${taskId} was not taken`);
    return found;
  };
  return { running, take, attempt, made };
}

describe("attempts in hand", () => {
  it("are begun while there are slots; of those held, the most urgent is next", async () => {
    const { running, take, attempt } = setUp(1);
    const began: string[] = [];
    for (const [id, lane] of [
      ["a", "low"],
      ["b", "normal"],
      ["c", "high"],
    ] as const) {
      take(delivery(id, lane));
      attempt(id).run = ((run) => () => {
        began.push(id);
        return run();
      })(attempt(id).run);
    }
    expect([running.size, running.free]).toEqual([1, -2]);
    for (const id of ["a", "c", "b"]) {
      attempt(id).end();
      await expect.poll(() => running.free).toBe({ a: -1, c: 0, b: 1 }[id]);
    }
    expect(began).toEqual(["c", "b"]);
    await running.finish(0);
  });

  it("are renewed by the same message, and left alone by another one of their task", async () => {
    const { running, take, attempt, made } = setUp(2);
    take(delivery("a", "normal", 7));
    const first = attempt("a");
    take(delivery("a", "normal", 7));
    take(delivery("a", "normal", 8));
    expect(first.renewed).toBe(1);
    expect(made.size).toBe(1);
    expect(running.size).toBe(1);
    await running.finish(0);
  });

  it("are waited for at the stop, those too that go back", async () => {
    const { running, take, attempt } = setUp(1);
    take(delivery("runs"));
    take(delivery("held"));
    running.close();
    take(delivery("late"));
    let finished = false;
    const finishing = running.finish(0).then(() => {
      finished = true;
    });
    attempt("runs").end();
    attempt("held").isBack();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(finished).toBe(false);
    attempt("late").isBack();
    await finishing;
    expect(running.size).toBe(0);
  });
});
