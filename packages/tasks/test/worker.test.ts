import {
  deadSubject,
  defineTask,
  headers as header,
  newTaskId,
  taskIdParts,
  taskSubject,
} from "@linecook/protocol";
import { headers } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { handle, PermanentError } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

const dead = (id: string) => engine.deadLetter(deadSubject(taskIdParts(id)));

describe("a worker", () => {
  it("runs a task with its input and stores its result", async () => {
    const task = defineTask({
      name: "add",
      input: z.object({ a: z.number(), b: z.number().default(2) }),
      result: z.object({ sum: z.number() }),
    });
    await using _ = await engine.work([handle(task, ({ a, b }) => ({ sum: a + b }))], {
      service: "calc",
      instance: "1",
    });
    const submitted = await engine.client.submit(task, { a: 1 });
    expect(await submitted.result({ timeoutMs: 5_000 })).toEqual({ sum: 3 });
    expect(await submitted.record()).toMatchObject({
      task_id: submitted.id,
      task: "add",
      state: "succeeded",
      attempt: 1,
      worker: "calc.1",
      submitted_at: expect.any(String),
      started_at: expect.any(String),
      finished_at: expect.any(String),
    });
    await engine.untilIdle(task);
  });

  it("writes one record for a short task", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "done")]);
    const before = await engine.lastSequence("KV_task_state");
    const all = await Promise.all(Array.from({ length: 20 }, () => engine.client.submit(task, {})));
    await Promise.all(all.map((one) => one.result({ timeoutMs: 5_000 })));
    expect(await engine.lastSequence("KV_task_state")).toBe(before + 20);
  });

  it("says that a task runs once it has run for a moment", async () => {
    const task = anyTask();
    const end = Promise.withResolvers<void>();
    await using _ = await engine.work([handle(task, () => end.promise)]);
    const { id } = await engine.client.submit(task, {});
    expect(await engine.until(id, { state: "running" })).toMatchObject({ attempt: 1 });
    end.resolve();
    await engine.until(id, { state: "succeeded" });
  });

  it("tries again after a backoff, and then keeps a dead letter with the input as it came", async () => {
    const task = anyTask({ attempts: 3, backoff: { minMs: 40, maxMs: 1_000, factor: 2 } });
    const runs: { at: number; attempt: number }[] = [];
    await using _ = await engine.work([
      handle(task, (_input, { attempt }) => {
        runs.push({ at: Date.now(), attempt });
        throw new Error(`no luck ${attempt}`);
      }),
    ]);
    const id = newTaskId(task.name);
    const body = Buffer.from('  {"b":1.0, "a":"\\u00e9\u00e9" }\n');
    const carrier = headers();
    carrier.set(header.submittedAt, "2026-01-02T03:04:05Z");
    await engine.publisher.publish(taskSubject(id, "high"), body, { headers: carrier });
    const record = await engine.until(id, { state: "failed" });
    expect(record).toMatchObject({ attempt: 3, error: { code: "handler_error", message: "no luck 3" } });
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    // Equal jitter: half of the full wait at least.
    expect((runs[1]?.at ?? 0) - (runs[0]?.at ?? 0)).toBeGreaterThanOrEqual(20);
    expect((runs[2]?.at ?? 0) - (runs[1]?.at ?? 0)).toBeGreaterThanOrEqual(40);
    await engine.untilIdle(task);
    const letter = await dead(id);
    expect(Buffer.from(letter?.data ?? [])).toEqual(body);
    const said = (name: string) => letter?.header.get(name);
    expect(said(header.attempt)).toBe("3");
    expect(said(header.submittedAt)).toBe("2026-01-02T03:04:05Z");
    expect(said(header.lane)).toBe("high");
    expect(said(header.failedAt)).toBe(record.finished_at);
    expect(said(header.errorCode)).toBe("handler_error");
    expect(said(header.error)).toBe("no luck 3");
  });

  it("ends a task at once when its handler says that trying again cannot help", async () => {
    const task = anyTask({ attempts: 5 });
    let runs = 0;
    await using _ = await engine.work([
      handle(task, () => {
        runs += 1;
        throw new PermanentError("gone for good", { code: "gone" });
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    expect(await engine.until(id, { state: "failed" })).toMatchObject({
      attempt: 1,
      error: { code: "gone", message: "gone for good" },
    });
    expect(runs).toBe(1);
    expect((await dead(id))?.header.get(header.errorCode)).toBe("gone");
  });

  it("aborts an attempt that takes too long, and counts it as failed", async () => {
    const task = anyTask({ attempts: 1, timeoutMs: 60 });
    let aborted: unknown;
    await using _ = await engine.work([
      handle(task, (_input, { signal }) => {
        signal.addEventListener("abort", () => {
          aborted = signal.reason;
        });
        return new Promise(() => {});
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    expect(await engine.until(id, { state: "failed" })).toMatchObject({ error: { code: "timeout" } });
    expect(aborted).toMatchObject({ name: "AbortError" });
  });

  it("keeps the time of submission over a retry", async () => {
    const task = anyTask({ attempts: 2 });
    await using _ = await engine.work([
      handle(task, (_input, { attempt }) => {
        if (attempt === 1) throw new Error("once more");
        return attempt;
      }),
    ]);
    const submitted = await engine.client.submit(task, { x: 1 });
    const { submitted_at } = await submitted.record();
    expect(await submitted.result({ timeoutMs: 5_000 })).toBe(2);
    expect((await submitted.record()).submitted_at).toBe(submitted_at);
  });

  it("takes tasks of clients that send no header at all", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, (input) => input)]);
    const id = newTaskId(task.name);
    engine.connection.publish(taskSubject(id, "low"), '{"hello":"world"}');
    expect(await engine.until(id, { state: "succeeded" })).toMatchObject({
      attempt: 1,
      result: { hello: "world" },
    });
  });
});

describe("progress", () => {
  it("is stored at once, then the latest word at most every 100 ms", async () => {
    const task = anyTask();
    const [first, last] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using _ = await engine.work([
      handle(task, async (_input, { progress }) => {
        progress({ fraction: 0.1, message: "first" });
        await first.promise;
        for (let i = 20; i <= 100; i += 1) progress({ fraction: i / 100 });
        await last.promise;
      }),
    ]);
    const id = newTaskId(task.name);
    const history = engine.history(id);
    await engine.client.submit(task, {}, { taskId: id });
    await engine.until(id, { state: "running", progress: { fraction: 0.1, message: "first" } });
    first.resolve();
    await engine.until(id, { state: "running", progress: { fraction: 1 } });
    last.resolve();
    await engine.until(id, { state: "succeeded" });
    await engine.connection.flush();
    expect(history.map(({ state, progress }) => [state, progress?.fraction])).toEqual([
      ["running", 0.1],
      ["running", 1],
      ["succeeded", undefined],
    ]);
  });

  it("is brought back within its bounds", async () => {
    const task = anyTask();
    await using _ = await engine.work([
      handle(task, async (_input, { progress, signal }) => {
        progress({ fraction: 7, message: "m".repeat(5_000) });
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    const { progress } = await engine.until(id, { state: "running" });
    expect(progress).toEqual({ fraction: 1, message: "m".repeat(500) });
  });

  it("comes too late after the end, and changes nothing", async () => {
    const task = anyTask();
    let late: () => void = () => {};
    await using _ = await engine.work([
      handle(task, (_input, { progress }) => {
        late = () => progress({ fraction: 0.5 });
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    await engine.until(id, { state: "succeeded" });
    const before = await engine.lastSequence("KV_task_state");
    late();
    const next = await engine.client.submit(task, {});
    await next.result({ timeoutMs: 5_000 });
    expect(await engine.lastSequence("KV_task_state")).toBe(before + 1);
    expect(await engine.record(id)).toMatchObject({ state: "succeeded" });
  });
});
