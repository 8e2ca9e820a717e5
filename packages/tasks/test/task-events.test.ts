import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle, TaskClient, type TaskEvent } from "../src/index.ts";
import { anyTask, connectTo, Engine } from "./engine.ts";
import { expectNoMore, leftOn } from "./leftovers.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

describe("waiting for a task", () => {
  it("returns how it stands when the time is over", async () => {
    const task = anyTask();
    const submitted = await engine.client.submit(task, {});
    expect(await engine.client.wait(submitted.id, { timeoutMs: 50 })).toMatchObject({ state: "queued" });
    await expect(submitted.result({ timeoutMs: 50 })).rejects.toMatchObject({ code: "timeout" });
    expect(await engine.client.wait(submitted.id, { signal: AbortSignal.abort() })).toMatchObject({
      state: "queued",
    });
  });

  it("returns at once when it has ended", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "done")]);
    const submitted = await engine.client.submit(task, {});
    await engine.until(submitted.id, { state: "succeeded" });
    expect(await engine.client.wait(submitted.id)).toMatchObject({ state: "succeeded", result: "done" });
  });

  it("tells why a task failed", async () => {
    const task = anyTask({ attempts: 1 });
    await using _ = await engine.work([
      handle(task, () => {
        throw new Error("out of paper");
      }),
    ]);
    const submitted = await engine.client.submit(task, {});
    await expect(submitted.result({ timeoutMs: 5_000 })).rejects.toMatchObject({
      code: "task_failed",
      message: expect.stringContaining("out of paper"),
      cause: { code: "handler_error" },
    });
  });

  it("is shared: a thousand that wait for one task are one subscription", async () => {
    const task = anyTask();
    const client = await engine.newClient();
    const end = Promise.withResolvers<string>();
    await using _ = await engine.work([handle(task, () => end.promise)]);
    const submitted = await client.submit(task, {});
    const waits = Promise.all(Array.from({ length: 1_000 }, () => client.wait(submitted.id)));
    await engine.until(submitted.id, { state: "running" });
    end.resolve("done");
    const records = await waits;
    expect(new Set(records.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  });

  it("ends with closed when the client is closed", async () => {
    const task = anyTask();
    const connection = await connectTo(engine.server);
    const client = await TaskClient.create(connection);
    const { id } = await client.submit(task, {});
    const ends = Promise.allSettled([client.wait(id), client.watchAll().next()]);
    await expect.poll(() => leftOn(connection).subscriptions).toBeGreaterThanOrEqual(4);
    await client[Symbol.asyncDispose]();
    expect(await ends).toMatchObject([{ reason: { code: "closed" } }, { reason: { code: "closed" } }]);
    await connection.close();
  });
});

describe("following", () => {
  it("tells how a task stands first, then each update up to its end", async () => {
    const task = anyTask({ attempts: 2 });
    const go = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const submitted = await engine.client.submit(task, {});
    const events: TaskEvent[] = [];
    const following = (async () => {
      for await (const event of submitted.watch()) events.push(event);
    })();
    await expect.poll(() => events.length).toBe(1);
    await using _ = await engine.work([
      handle(task, async (_input, { attempt, progress }) => {
        progress({ fraction: 0.5 });
        await go[attempt - 1]?.promise;
        if (attempt === 1) throw new Error("once more");
      }),
    ]);
    await expect.poll(() => events.length).toBe(2);
    go[0]?.resolve();
    await expect.poll(() => events.length, { timeout: 5_000 }).toBe(4);
    go[1]?.resolve();
    await following;
    expect(events.map(({ record }) => [record.state, record.attempt])).toEqual([
      ["queued", 1],
      ["running", 1],
      ["retrying", 1],
      ["running", 2],
      ["succeeded", 2],
    ]);
    expect(events[0]?.sequence).toBe(0);
    const after = events[2]?.sequence ?? 0;
    const rest: TaskEvent[] = [];
    for await (const event of submitted.watch({ after })) rest.push(event);
    // Of what is past, the bucket keeps the last.
    expect(rest.map(({ record }) => record.state)).toEqual(["succeeded"]);
    for await (const event of submitted.watch({ after: events[4]?.sequence ?? 0 })) rest.push(event);
    expect(rest).toHaveLength(1);
  });

  it("ends when its signal aborts, and leaves no subscription", async () => {
    const task = anyTask();
    const connection = await connectTo(engine.server);
    const client = await TaskClient.create(connection);
    const { id } = await client.submit(task, {});
    await client.get(id);
    const before = leftOn(connection);
    for (let i = 0; i < 5; i += 1) {
      const stop = new AbortController();
      for await (const { record } of client.watch(id, { signal: stop.signal })) {
        expect(record.state).toBe("queued");
        stop.abort();
      }
      for await (const _ of client.watchAll({ after: 0, task: task.name, signal: AbortSignal.timeout(20) }))
        break;
      await client.types.list();
      await client.queues.workers();
      await client.queues.state([task.name]);
    }
    await expectNoMore(connection, before);
    await client[Symbol.asyncDispose]();
    expect(leftOn(connection)).toMatchObject({ subscriptions: 1, listeners: 0 });
    await connection.close();
  });

  it("resumes after a sequence, and goes on with what happens", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, (i) => i)]);
    const from = await engine.client.lastSequence();
    for (let i = 0; i < 5; i += 1) await (await engine.client.submit(task, i)).result({ timeoutMs: 5_000 });
    const results: unknown[] = [];
    for await (const { record, sequence } of engine.client.watchAll({ task: task.name, after: from })) {
      expect(sequence).toBeGreaterThan(from);
      results.push(record.result);
      if (results.length === 5) await engine.client.submit(task, 5);
      if (results.length === 6) break;
    }
    expect(results).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("tells all that is kept to who has seen more than there is: the stream was made anew since", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, (i) => i)]);
    await (await engine.client.submit(task, 1)).result({ timeoutMs: 5_000 });
    const beyond = (await engine.client.lastSequence()) + 1_000;
    for await (const { record } of engine.client.watchAll({ task: task.name, after: beyond })) {
      expect(record.result).toBe(1);
      break;
    }
  });

  it("tells of all of many and large records, page after page", async () => {
    const [small, large] = [anyTask(), anyTask({ ackWaitMs: 5_000 })];
    const text = "x".repeat(900_000);
    await using _ = await engine.work([handle(small, () => {}), handle(large, () => text)]);
    const from = await engine.client.lastSequence();
    await Promise.all(Array.from({ length: 600 }, () => engine.client.submit(small, {})));
    await Promise.all(Array.from({ length: 80 }, () => engine.client.submit(large, {})));
    await engine.untilIdle(small);
    await engine.untilIdle(large);
    const count = async (task: string) => {
      const ids = new Set<string>();
      const last = await engine.client.lastSequence();
      for await (const { record, sequence } of engine.client.watchAll({ task, after: from })) {
        ids.add(record.task_id);
        if (sequence === last || ids.size === 680) break;
        if (ids.size === (task === small.name ? 600 : 80)) break;
      }
      return ids.size;
    };
    expect(await count(small.name)).toBe(600);
    expect(await count(large.name)).toBe(80);
    await engine.manager.streams.purge("KV_task_state", { filter: `$KV.task_state.${large.name}.>` });
  });

  it("catches up from the store when it reads too slowly", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, (i) => i)], { slots: 50 });
    const events = engine.client.watchAll({ task: task.name });
    const first = events.next();
    await engine.connection.flush();
    const all = await Promise.all(Array.from({ length: 2_500 }, (_, i) => engine.client.submit(task, i)));
    await engine.untilIdle(task);
    const seen = new Set<string>();
    for (let event = await first; !event.done; event = await events.next()) {
      seen.add(event.value.record.task_id);
      if (seen.size === all.length) break;
    }
    expect(seen.size).toBe(2_500);
    await events.return();
  });

  it("passes over what is no record", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "fine")]);
    const from = await engine.client.lastSequence();
    await engine.publisher.publish(`$KV.task_state.${task.name}.junk`, "junk");
    await engine.publisher.publish(`$KV.task_state.${task.name}.junk2`, "");
    const { id } = await engine.client.submit(task, {});
    for await (const { record } of engine.client.watchAll({ task: task.name, after: from })) {
      expect(record.task_id).toBe(id);
      if (record.state === "succeeded") break;
    }
  });
});
