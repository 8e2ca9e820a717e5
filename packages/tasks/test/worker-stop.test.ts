import { taskIdParts } from "@linecook/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { handle, Worker } from "../src/index.ts";
import { anyTask, connectTo, Engine } from "./engine.ts";
import { expectNoMore, leftWithInbox } from "./leftovers.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

describe("a worker that stops", () => {
  it("lets what runs end within its grace, and takes nothing new", async () => {
    const task = anyTask();
    const end = Promise.withResolvers<void>();
    const worker = await engine.work([handle(task, () => end.promise.then(() => "ended"))], {
      graceMs: 10_000,
      slots: 3,
    });
    const running = await engine.client.submit(task, {});
    await expect.poll(() => worker.running).toBe(1);
    const stopped = worker.stop();
    const late = await engine.client.submit(task, {});
    end.resolve();
    await stopped;
    expect(await engine.record(running.id)).toMatchObject({ state: "succeeded", result: "ended" });
    expect(await late.record()).toMatchObject({ state: "queued" });
    await using _ = await engine.work([handle(task, () => "later")]);
    expect(await late.result({ timeoutMs: 5_000 })).toBe("later");
  });

  it("gives back at once what runs past its grace, without using up an attempt", async () => {
    const task = anyTask({ attempts: 1, ackWaitMs: 30_000 });
    let reason: unknown;
    const worker = await engine.work(
      [
        handle(task, (_input, { signal }) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
          });
          return new Promise(() => {});
        }),
      ],
      { graceMs: 50 },
    );
    const submitted = await engine.client.submit(task, {});
    await engine.until(submitted.id, { state: "running" });
    await worker.stop();
    expect(reason).toMatchObject({ kind: "shutdown" });
    expect(await engine.record(submitted.id)).toMatchObject({ state: "queued", attempt: 1 });
    await using _ = await engine.work([handle(task, (_input, { attempt }) => attempt)]);
    expect(await submitted.result({ timeoutMs: 5_000 })).toBe(1);
  });

  it("does not give back what another worker has by now", async () => {
    const task = anyTask({ ackWaitMs: 30_000 });
    const first = await engine.work([handle(task, () => new Promise(() => {}))], { graceMs: 0 });
    const submitted = await engine.client.submit(task, {});
    const record = await engine.until(submitted.id, { state: "running" });
    await engine.write({ ...record, attempt: 2, worker: "another.one" });
    await first.stop();
    const ran: string[] = [];
    await using _ = await engine.work([handle(task, (_input, { taskId }) => void ran.push(taskId))]);
    const other = await engine.client.submit(task, {});
    await engine.until(other.id, { state: "succeeded" });
    expect(ran).toEqual([other.id]);
    expect(await submitted.record()).toMatchObject({ state: "running", attempt: 2 });
  });

  it("uses up no attempt and loses nothing under load", async () => {
    const task = anyTask({ attempts: 1, ackWaitMs: 30_000 });
    let [began, ended] = [0, 0];
    const work = () =>
      engine.work(
        [
          handle(task, async (_input, { signal, attempt }) => {
            began += 1;
            await new Promise((resolve) => {
              const timer = setTimeout(resolve, 5);
              signal.addEventListener("abort", () => clearTimeout(timer));
            });
            ended += 1;
            return attempt;
          }),
        ],
        { slots: 8 },
      );
    let submitting = true;
    const submitted: string[] = [];
    const load = (async () => {
      while (submitting) {
        const lane = (["high", "normal", "low"] as const)[submitted.length % 3] ?? "low";
        submitted.push((await engine.client.submit(task, {}, { lane })).id);
      }
    })();
    for (let i = 0; i < 6; i += 1) {
      const before = ended;
      const worker = await work();
      await expect.poll(() => ended, { interval: 5 }).toBeGreaterThan(before + 20);
      await worker.stop();
    }
    submitting = false;
    await load;
    await using _ = await work();
    await engine.untilIdle(task);
    const records = await Promise.all(submitted.map((id) => engine.record(id)));
    expect(records.filter(({ state, result }) => state !== "succeeded" || result !== 1)).toEqual([]);
    expect(ended).toBeGreaterThanOrEqual(submitted.length);
    expect(began).toBeGreaterThanOrEqual(ended);
  });

  it("leaves nothing on its connection, and no timer", async () => {
    const task = anyTask();
    const connection = await connectTo(engine.server);
    const before = await leftWithInbox(connection);
    const worker = await Worker.start(connection, { handlers: [handle(task, () => {})], graceMs: 1_000 });
    await (await engine.client.submit(task, {})).result({ timeoutMs: 5_000 });
    await worker.stop();
    await expectNoMore(connection, before);
    await connection.close();
  });

  it("is gone from the list of workers", async () => {
    const task = anyTask();
    const worker = await engine.work([handle(task, () => {})], { service: "shop", instance: "7", slots: 4 });
    const mine = async () =>
      (await engine.client.queues.workers()).filter(({ service }) => service === "shop");
    expect(await mine()).toMatchObject([{ instance: "7", tasks: [task.name], slots: 4, running: 0 }]);
    await worker.stop();
    expect(await mine()).toEqual([]);
  });

  it("ends once, however often it is told", async () => {
    const worker = await engine.work([handle(anyTask(), () => {})]);
    expect(worker.stop()).toBe(worker.stop());
    await worker.stop();
  });

  it("ends when its connection is closed already, and nothing of it fails later", async () => {
    const task = anyTask();
    const connection = await connectTo(engine.server);
    const end = Promise.withResolvers<void>();
    const worker = await Worker.start(connection, {
      handlers: [handle(task, () => end.promise)],
      graceMs: 0,
    });
    const { id } = await engine.client.submit(task, {});
    await engine.until(id, { state: "running" });
    await connection.close();
    end.resolve();
    await worker.stop();
    await using _ = await engine.work([handle(task, () => {})]);
    await engine.until(id, { state: "succeeded", worker: expect.stringContaining("worker.") });
    expect(taskIdParts(id).task).toBe(task.name);
  });

  it("leaves nothing when it cannot start", async () => {
    const connection = await connectTo(engine.server);
    const before = await leftWithInbox(connection);
    const task = anyTask({ input: z.bigint() });
    await expect(Worker.start(connection, { handlers: [handle(task, () => {})] })).rejects.toThrow();
    await expectNoMore(connection, before);
    await connection.close();
  });
});
