import { lanes, names } from "@linecook/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

describe("what a worker takes", () => {
  it("is the most urgent first, whatever waits longer", async () => {
    const task = anyTask();
    await engine.provision(task);
    for (const lane of ["low", "normal", "high", "low", "normal", "high"] as const) {
      await engine.client.submit(task, lane, { lane });
    }
    const order: unknown[] = [];
    await using _ = await engine.work([handle(task, (lane) => void order.push(lane))], { slots: 1 });
    await engine.untilIdle(task);
    expect(order).toEqual(["high", "high", "normal", "normal", "low", "low"]);
  });

  it("is the most urgent next, when it comes while the worker is busy", async () => {
    const task = anyTask();
    const order: unknown[] = [];
    const first = Promise.withResolvers<void>();
    await using worker = await engine.work(
      [
        handle(task, async (name) => {
          order.push(name);
          if (name === "first") await first.promise;
        }),
      ],
      { slots: 1 },
    );
    await engine.client.submit(task, "first", { lane: "low" });
    await expect.poll(() => worker.running).toBe(1);
    const waiting = await Promise.all([
      engine.client.submit(task, "low", { lane: "low" }),
      engine.client.submit(task, "normal"),
      engine.client.submit(task, "high", { lane: "high" }),
    ]);
    first.resolve();
    await Promise.all(waiting.map((one) => one.result({ timeoutMs: 5_000 })));
    expect(order).toEqual(["first", "high", "normal", "low"]);
  });

  it("is fair between tasks of the same urgency", async () => {
    const [many, few] = [anyTask(), anyTask()];
    await engine.provision(many);
    await engine.provision(few);
    for (let i = 0; i < 20; i += 1) await engine.client.submit(many, i);
    for (let i = 0; i < 3; i += 1) await engine.client.submit(few, i);
    const order: string[] = [];
    const handlers = [many, few].map((task) => handle(task, () => void order.push(task.name)));
    await using _ = await engine.work(handlers, { slots: 1 });
    await engine.untilIdle(few);
    expect(order.slice(0, 6).filter((name) => name === few.name)).toHaveLength(3);
    await engine.untilIdle(many);
  });

  it("is no more than it has slots for, and the rest is left to others", async () => {
    const task = anyTask();
    const end = Promise.withResolvers<void>();
    const hold = handle(task, () => end.promise);
    await using busy = await engine.work([hold], { slots: 2 });
    const first = await Promise.all(Array.from({ length: 2 }, () => engine.client.submit(task, {})));
    await expect.poll(() => busy.running).toBe(2);
    const later = await Promise.all(
      Array.from({ length: 3 }, (_, i) => engine.client.submit(task, {}, i === 0 ? { lane: "high" } : {})),
    );
    // What came when every slot was taken is back in the queue.
    await expect
      .poll(async () =>
        (await engine.client.queues.state([task.name])).reduce((sum, lane) => sum + lane.in_flight, 0),
      )
      .toBeLessThanOrEqual(3);
    const ran: number[] = [];
    await using _ = await engine.work([handle(task, () => void ran.push(1))], { slots: 1 });
    await Promise.all(later.map((one) => one.result({ timeoutMs: 5_000 })));
    expect(ran).toHaveLength(3);
    expect(busy.running).toBe(2);
    end.resolve();
    await Promise.all(first.map((one) => one.result({ timeoutMs: 5_000 })));
  });

  it("is handed on when it came beside another into the last slot, and that costs no attempt", async () => {
    const task = anyTask({ attempts: 1, ackWaitMs: 30_000 });
    const end = Promise.withResolvers<void>();
    await using busy = await engine.work([handle(task, () => end.promise)], { slots: 1 });
    const asks = async () => {
      const infos = lanes.map((lane) => engine.manager.consumers.info(names.tasks, `${task.name}-${lane}`));
      return (await Promise.all(infos)).map(({ num_waiting }) => num_waiting);
    };
    await expect.poll(asks).toEqual([1, 1, 1]);
    const submitted = await Promise.all(lanes.map((lane) => engine.client.submit(task, {}, { lane })));
    await expect.poll(() => busy.running).toBe(1);
    await using _ = await engine.work([handle(task, (_input, { attempt }) => attempt)]);
    const results = submitted.map((one) => one.result({ timeoutMs: 10_000 }));
    await expect
      .poll(async () =>
        (await Promise.all(submitted.map((one) => one.record()))).filter(({ result }) => result === 1),
      )
      .toHaveLength(2);
    end.resolve();
    expect((await Promise.all(results)).sort()).toEqual([1, 1, undefined]);
  });

  it("is shared between two workers, each task run once", async () => {
    const task = anyTask();
    const ran = { a: new Set<unknown>(), b: new Set<unknown>() };
    let runs = 0;
    const worker = (name: "a" | "b") =>
      engine.work(
        [
          handle(task, async (i) => {
            runs += 1;
            ran[name].add(i);
            await new Promise((resolve) => setTimeout(resolve, 2));
          }),
        ],
        { slots: 5 },
      );
    await using _ = await worker("a");
    await using __ = await worker("b");
    const all = await Promise.all(Array.from({ length: 200 }, (_, i) => engine.client.submit(task, i)));
    await Promise.all(all.map((one) => one.result({ timeoutMs: 10_000 })));
    expect(runs).toBe(200);
    expect(ran.a.size + ran.b.size).toBe(200);
    expect(Math.min(ran.a.size, ran.b.size)).toBeGreaterThan(20);
  });

  it("comes back when its consumer was deleted, without a restart", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "ran")]);
    expect(await (await engine.client.submit(task, {})).result({ timeoutMs: 5_000 })).toBe("ran");
    for (const lane of ["high", "normal", "low"]) {
      await engine.manager.consumers.delete(names.tasks, `${task.name}-${lane}`);
    }
    const next = await engine.client.submit(task, {});
    expect(await next.result({ timeoutMs: 10_000 })).toBe("ran");
  });

  it("comes back when the whole stream was deleted, without a restart", async () => {
    await using lonely = await Engine.start();
    const task = anyTask();
    await using _ = await lonely.work([handle(task, () => "ran")]);
    expect(await (await lonely.client.submit(task, {})).result({ timeoutMs: 5_000 })).toBe("ran");
    await lonely.manager.streams.delete(names.tasks);
    await expect
      .poll(
        () =>
          lonely.client.submit(task, {}).then(
            (one) => one.result({ timeoutMs: 5_000 }),
            ({ code }) => code,
          ),
        { timeout: 10_000 },
      )
      .toBe("ran");
  });

  it("comes back when the bucket of records was deleted, without a restart", async () => {
    await using lonely = await Engine.start();
    const task = anyTask();
    await using _ = await lonely.work([handle(task, () => "ran")]);
    await lonely.manager.streams.delete("KV_task_state");
    const submitted = await lonely.client.submit(task, {});
    await lonely.until(submitted.id, { state: "succeeded" });
  });
});
