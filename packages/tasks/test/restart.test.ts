import { isFinal, names } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { handle, type TaskEvent } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

describe("when the server restarts on the same store", () => {
  it("nothing accepted is lost and every task ends once", async () => {
    await using engine = await Engine.start();
    const task = anyTask({ attempts: 50, ackWaitMs: 2_000 });
    const handlers = [
      handle(task, async (_input, { taskId }) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        return taskId;
      }),
    ];
    await using _ = await engine.work(handlers, { slots: 8 });
    await using __ = await engine.work(handlers, { slots: 8 });
    const finals = new Map<string, number>();
    const stop = new AbortController();
    const watcher = await engine.newClient();
    const watching = (async () => {
      for await (const { record } of watcher.watchAll({ task: task.name, after: 0, signal: stop.signal })) {
        if (isFinal(record.state)) finals.set(record.task_id, (finals.get(record.task_id) ?? 0) + 1);
      }
    })();

    const accepted: string[] = [];
    let submitting = true;
    const submit = async () => {
      while (submitting) {
        const submitted = await engine.client.submit(task, {}).catch(() => undefined);
        if (submitted !== undefined) accepted.push(submitted.id);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, submit));
    for (const end of ["kill", "stop", "kill"] as const) {
      const before = finals.size;
      await expect.poll(() => finals.size, { timeout: 10_000 }).toBeGreaterThan(before + 50);
      await engine.server[end]();
      await engine.server.restart();
    }
    const before = finals.size;
    await expect.poll(() => finals.size, { timeout: 10_000 }).toBeGreaterThan(before + 50);
    submitting = false;
    await load;
    await expect.poll(() => engine.count(names.tasks), { timeout: 15_000 }).toBe(0);
    await expect.poll(() => accepted.filter((id) => !finals.has(id)), { timeout: 5_000 }).toEqual([]);
    stop.abort();
    await watching;
    expect([...finals.values()].filter((times) => times !== 1)).toEqual([]);
    const records = await Promise.all(accepted.map((id) => engine.record(id)));
    expect(records.filter(({ state }) => state !== "succeeded")).toEqual([]);
    expect(await engine.count(names.dead)).toBe(0);
  });

  it("a worker does not run a task twice that it still has in hand", async () => {
    await using engine = await Engine.start();
    const task = anyTask({ ackWaitMs: 500 });
    const end = Promise.withResolvers<void>();
    let runs = 0;
    await using _ = await engine.work([
      handle(task, async () => {
        runs += 1;
        await end.promise;
        return "ended";
      }),
    ]);
    const submitted = await engine.client.submit(task, {});
    await engine.until(submitted.id, { state: "running" });
    await engine.server.kill();
    await engine.server.restart();
    // The server hands the message out once more: the worker's signs of life were for the one that is no more.
    await expect
      .poll(
        async () => (await engine.manager.consumers.info(names.tasks, `${task.name}-normal`)).num_ack_pending,
        { timeout: 5_000 },
      )
      .toBe(1);
    const other = await engine.client.submit(task, {});
    await expect.poll(() => runs).toBe(2);
    end.resolve();
    expect(await submitted.result({ timeoutMs: 5_000 })).toBe("ended");
    expect(await other.result({ timeoutMs: 5_000 })).toBe("ended");
    await engine.untilIdle(task);
    expect(runs).toBe(2);
    expect(await submitted.record()).toMatchObject({ attempt: 1 });
  });

  it("no attempt is used up, though the server was away for longer than the ack wait", async () => {
    await using engine = await Engine.start();
    const task = anyTask({ ackWaitMs: 500, attempts: 1 });
    const end = Promise.withResolvers<void>();
    const handlers = [handle(task, () => end.promise.then(() => "ended"))];
    await using _ = await engine.work(handlers);
    await using __ = await engine.work(handlers);
    const submitted = await Promise.all(Array.from({ length: 10 }, () => engine.client.submit(task, {})));
    for (const { id } of submitted) await engine.until(id, { state: "running" });
    await engine.server.kill();
    await new Promise((resolve) => setTimeout(resolve, 600));
    await engine.server.restart();
    const consumer = `${task.name}-normal`;
    const handedOut = async () => (await engine.manager.consumers.info(names.tasks, consumer)).delivered;
    await expect
      .poll(async () => (await handedOut()).consumer_seq, { timeout: 5_000 })
      .toBeGreaterThanOrEqual(20);
    end.resolve();
    for (const { id } of submitted) await engine.until(id, { state: "succeeded", attempt: 1 });
  });

  it("who follows all tasks misses nothing that is kept", async () => {
    await using engine = await Engine.start();
    const task = anyTask();
    await using _ = await engine.work([handle(task, (i) => i)]);
    const follower = await engine.newSlowClient();
    const seen: TaskEvent[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const event of follower.watchAll({ after: 0, signal: stop.signal })) seen.push(event);
    })();
    const submitted: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 20; i += 1) submitted.push((await engine.client.submit(task, i)).id);
      await engine.untilIdle(task);
      await engine.server.kill();
      await engine.server.restart();
    }
    await expect
      .poll(() => new Set(seen.map(({ record }) => record.task_id)).size, { timeout: 10_000 })
      .toBe(60);
    stop.abort();
    await following;
    const sequences = seen.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(new Set(sequences).size).toBe(sequences.length);
    const last = new Map(seen.map(({ record }) => [record.task_id, record.state]));
    expect(submitted.filter((id) => last.get(id) !== "succeeded")).toEqual([]);
  });

  it("who waits for a task is told of its end, even when that was while the connection was away", async () => {
    await using engine = await Engine.start();
    const task = anyTask();
    const end = Promise.withResolvers<void>();
    await using _ = await engine.work([handle(task, () => end.promise.then(() => "ended"))]);
    const follower = await engine.newSlowClient();
    const submitted = await follower.submit(task, {});
    const results = Promise.all([submitted.result(), submitted.result({ timeoutMs: 20_000 })]);
    await engine.until(submitted.id, { state: "running" });
    await engine.server.kill();
    end.resolve();
    await engine.server.restart();
    expect(await results).toEqual(["ended", "ended"]);
  });

  it("a submission made meanwhile is stored when the server is back in time, and once", async () => {
    await using engine = await Engine.start();
    const task = anyTask();
    await engine.provision(task);
    await engine.server.kill();
    const submitted = engine.client.submit(task, {});
    await engine.server.restart();
    const { id } = await submitted;
    expect(await engine.client.get(id)).toMatchObject({ state: "queued" });
    expect(await engine.count(names.tasks)).toBe(1);
  });

  it("a submission fails with a reason when the server is not back in time, and so does a question", async () => {
    await using engine = await Engine.start();
    const task = anyTask();
    const client = await engine.newClient({ submitTimeoutMs: 300 });
    const { id } = await client.submit(task, {});
    await engine.server.kill();
    const askedAt = performance.now();
    await expect(client.submit(task, {})).rejects.toMatchObject({ name: "TasksError", retryable: true });
    expect(performance.now() - askedAt).toBeLessThan(1_000);
    await expect(client.get(id)).rejects.toMatchObject({ name: "TasksError", retryable: true });
    expect(performance.now() - askedAt).toBeLessThan(3_000);
  });
});
