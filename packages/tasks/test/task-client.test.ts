import {
  deadSubject,
  defineTask,
  describeTask,
  isFinal,
  names,
  newTaskId,
  type TaskRecord,
  taskIdParts,
  taskSubject,
} from "@linecook/protocol";
import { headers } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

describe("submitting", () => {
  it("refuses an input that breaks the schema, before anything is sent", async () => {
    const task = anyTask({ input: z.object({ n: z.int() }) });
    await expect(engine.client.submit(task, { n: 1.5 })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("n"),
    });
    await engine.untilIdle(task);
  });

  it("submits once what is submitted twice under the same id", async () => {
    const task = anyTask();
    const taskId = newTaskId(task.name);
    const before = await engine.lastSequence(names.tasks);
    await Promise.all(Array.from({ length: 5 }, () => engine.client.submit(task, {}, { taskId })));
    expect(await engine.lastSequence(names.tasks)).toBe(before + 1);
    const runs: string[] = [];
    await using _ = await engine.work([handle(task, (_input, context) => void runs.push(context.taskId))]);
    await engine.untilIdle(task);
    expect(runs).toEqual([taskId]);
  });

  it("refuses an id of another task, and what is no id", async () => {
    const task = anyTask();
    for (const taskId of [
      newTaskId("another_task"),
      "none",
      `${task.name}-short`,
      `${task.name}-${"x".repeat(22)}\n`,
    ]) {
      await expect(engine.client.submit(task, {}, { taskId })).rejects.toMatchObject({ code: "bad_task_id" });
    }
  });

  it("holds a task until its time", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => Date.now())]);
    const runAt = new Date(Date.now() + 700);
    const submitted = await engine.client.submit(task, {}, { runAt, lane: "high" });
    expect(await submitted.record()).toMatchObject({
      state: "scheduled",
      attempt: 1,
      next_attempt_at: runAt.toISOString(),
    });
    expect(await submitted.result({ timeoutMs: 10_000 })).toBeGreaterThanOrEqual(runAt.getTime());
    expect(await submitted.record()).toMatchObject({ state: "succeeded" });
  });

  it("runs at once what is due already", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "ran")]);
    const submitted = await engine.client.submit(task, {}, { runAt: new Date(0) });
    expect(await submitted.result({ timeoutMs: 5_000 })).toBe("ran");
  });

  it("carries an input of nearly a message's size through its retries to its dead letter", async () => {
    const task = anyTask({ attempts: 2 });
    await using _ = await engine.work([
      handle(task, () => {
        throw new Error("no ".repeat(400));
      }),
    ]);
    const most = (engine.connection.info?.max_payload ?? 0) - 8_192;
    const largest = "😀".repeat(100) + "x".repeat(most - 402);
    await expect(engine.client.submit(task, `${largest}x`)).rejects.toMatchObject({
      code: "payload_too_large",
    });
    const { id } = await engine.client.submit(task, largest);
    await engine.until(id, { state: "failed", attempt: 2 });
    await engine.untilIdle(task);
    expect((await engine.deadLetter(deadSubject(taskIdParts(id))))?.json()).toBe(largest);
  });

  it.each([0, 100, 400])(
    "past the client with all but %d bytes for headers does not get a task stuck",
    async (left) => {
      const task = anyTask({ attempts: 2 });
      await using _ = await engine.work([
        handle(task, () => {
          throw new Error("no ".repeat(400));
        }),
      ]);
      const id = newTaskId(task.name);
      const body = JSON.stringify("x".repeat((engine.connection.info?.max_payload ?? 0) - left - 2));
      await engine.publisher.publish(taskSubject(id, "normal"), body);
      await engine.until(id, { state: "failed" });
      await engine.untilIdle(task);
      expect(await engine.deadLetter(deadSubject(taskIdParts(id)))).not.toBeNull();
    },
  );
});

describe("asking how a task stands", () => {
  it("tells waiting, planned, running and ended tasks apart", async () => {
    const task = anyTask();
    const submitted = await engine.client.submit(task, {});
    const later = await engine.client.submit(task, {}, { runAt: new Date(Date.now() + 60_000) });
    expect(await submitted.record()).toMatchObject({
      task_id: submitted.id,
      task: task.name,
      state: "queued",
      attempt: 1,
      submitted_at: expect.any(String),
    });
    const end = Promise.withResolvers<string>();
    await using _ = await engine.work([handle(task, () => end.promise)]);
    await engine.until(submitted.id, { state: "running" });
    expect(await submitted.record()).toMatchObject({ state: "running", attempt: 1 });
    end.resolve("done");
    await engine.until(submitted.id, { state: "succeeded" });
    expect(await submitted.record()).toMatchObject({ state: "succeeded", result: "done" });
    expect(await later.record()).toMatchObject({ state: "scheduled" });
    await engine.manager.streams.purge("TASKS", { filter: `later.${task.name}.>` });
  });

  it("throws not_found for a task that never was, and bad_task_id for what is no id", async () => {
    await expect(engine.client.get(newTaskId("never_was"))).rejects.toMatchObject({ code: "not_found" });
    await expect(engine.client.wait(newTaskId("never_was"))).rejects.toMatchObject({ code: "not_found" });
    await expect(engine.client.watch(newTaskId("never_was")).next()).rejects.toMatchObject({
      code: "not_found",
    });
    for (const id of ["", "x", "never_was-short", "*-*", "a.b-".padEnd(30, "c"), `>${newTaskId("x")}`]) {
      await expect(engine.client.get(id)).rejects.toMatchObject({ code: "bad_task_id" });
    }
  });

  it("never takes a submitted task for unknown, however fast workers are", async () => {
    const task = anyTask({ attempts: 3 });
    await using _ = await engine.work([
      handle(task, (i, { attempt }) => {
        if ((i as number) % 3 === 0 && attempt === 1) throw new Error("once more");
      }),
    ]);
    const states = new Set<string>();
    await Promise.all(
      Array.from({ length: 150 }, async (_, i) => {
        const options = i % 5 === 0 ? { runAt: new Date(Date.now() + 20) } : {};
        const { id } = await engine.client.submit(task, i, options);
        for (let record: TaskRecord | undefined; record === undefined || !isFinal(record.state); ) {
          record = await engine.client.get(id);
          states.add(record.state);
        }
      }),
    );
    expect([...states]).toEqual(expect.arrayContaining(["queued", "succeeded"]));
  });

  it("gives a moment that records would take, whatever the submitter's clock says", async () => {
    const task = anyTask();
    const id = newTaskId(task.name);
    const carrier = headers();
    carrier.set("Task-Submitted-At", "yesterday");
    carrier.set("Task-Attempt", "-3.5");
    await engine.publisher.publish(`task.${task.name}.low.${id.slice(task.name.length + 1)}`, "{}", {
      headers: carrier,
    });
    const record = await engine.client.get(id);
    expect(record.attempt).toBe(1);
    expect(Math.abs(Date.parse(record.submitted_at) - Date.now())).toBeLessThan(60_000);
  });
});

describe("task types", () => {
  it("are listed once a worker runs them, and their news is told", async () => {
    const task = defineTask({
      name: "listed",
      description: "Shows up.",
      input: z.object({ n: z.int().default(1) }),
      result: z.string(),
      lane: "low",
    });
    const client = await engine.newClient();
    let news = 0;
    const listening = client.types.onChange(() => {
      news += 1;
    });
    // Answered after the server has taken note of the listener.
    await client.types.list();
    await engine.publisher.publish("$KV.task_types.junk", "junk");
    await using _ = await engine.work([handle(task, () => "x")]);
    await expect.poll(() => news).toBeGreaterThanOrEqual(2);
    const types = await client.types.list();
    expect(types.find((type) => type.task === "junk")).toBeUndefined();
    expect(types.find((type) => type.task === "listed")).toMatchObject({
      description: "Shows up.",
      input_schema: { type: "object", properties: { n: { type: "integer", default: 1 } } },
      defaults: { attempts: 3, lane: "low" },
    });
    listening[Symbol.dispose]();
    const before = news;
    await engine.publisher.publish("$KV.task_types.junk", "junk");
    await client.types.list();
    expect(news).toBe(before);
  });

  it("stand under their own name only: what is published under another task's is left out", async () => {
    const impostor = { ...describeTask(anyTask()), task: "impostor", description: "Not what it says." };
    await engine.publisher.publish("$KV.task_types.victim", JSON.stringify(impostor));
    await engine.publisher.publish("$KV.task_types.honest", JSON.stringify({ ...impostor, task: "honest" }));
    const names = (await engine.client.types.list()).map(({ task }) => task);
    expect(names).toContain("honest");
    expect(names).not.toContain("impostor");
  });
});

describe("queues", () => {
  it("tell what waits, what is with a worker, and for how long", async () => {
    const task = anyTask({ ackWaitMs: 30_000 });
    await engine.provision(task);
    for (let i = 0; i < 5; i += 1) await engine.client.submit(task, {});
    await engine.client.submit(task, {}, { lane: "high" });
    await engine.takeAndDie(task);
    const states = await engine.client.queues.state([task.name, "no_such_task"]);
    expect(states).toEqual([
      { task: task.name, lane: "high", waiting: 1, in_flight: 0, oldest_age_ms: expect.any(Number) },
      { task: task.name, lane: "normal", waiting: 4, in_flight: 1, oldest_age_ms: expect.any(Number) },
      { task: task.name, lane: "low", waiting: 0, in_flight: 0 },
    ]);
    expect(states[1]?.oldest_age_ms).toBeLessThan(10_000);
  });
});
