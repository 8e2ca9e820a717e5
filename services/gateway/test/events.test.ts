import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { defineTask } from "@linecook/protocol";
import { handle, type TaskContext } from "@linecook/tasks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Gateway } from "../src/app.ts";
import { call, ended, type ProblemBody, submit } from "./api.ts";
import { EventSource } from "./sse.ts";
import { System } from "./system.ts";

const brew = defineTask({ name: "brew", input: z.string(), result: z.string() });
const bulk = defineTask({ name: "bulk", input: z.int(), result: z.string() });
const running = new Map<string, { context: TaskContext; finish: () => void }>();

let system: System;
let gateway: Gateway;
beforeAll(async () => {
  system = await System.start();
  await system.work(
    handle(brew, async (tea, context) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(tea, { context, finish: resolve });
      if (tea.startsWith("slow ")) await promise;
      return tea;
    }),
    handle(bulk, (kilobytes) => "x".repeat(kilobytes * 1_024)),
  );
  gateway = await system.gateway();
});
afterAll(() => system[Symbol.asyncDispose]());

/** A task in the middle of its work, with a record that says so. */
async function begun(tea: string) {
  const id = await submit(gateway, "brew", `slow ${tea}`);
  await expect.poll(() => running.has(`slow ${tea}`)).toBe(true);
  const task = running.get(`slow ${tea}`);
  if (task === undefined) throw new Error(`${tea} does not run`);
  const progress = (fraction: number) => task.context.progress({ fraction });
  progress(0.1);
  await expect
    .poll(async () => (await call<{ state: string }>(`${gateway.url}/v1/tasks/${id}`)).body.state)
    .toBe("running");
  return { id, progress, finish: task.finish, events: (url = gateway.url) => `${url}/v1/tasks/${id}/events` };
}

describe("GET /v1/tasks/{id}/events", () => {
  it("tells how a task stands, then every update, and ends with the final one", async () => {
    const task = await begun("green");
    await using stream = await EventSource.open(task.events());
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const first = await stream.expectNext();
    expect(first).toMatchObject({
      event: "running",
      record: { task_id: task.id, progress: { fraction: 0.1 } },
    });
    task.finish();
    const last = await stream.expectNext();
    expect(last).toMatchObject({ event: "succeeded", record: { result: "slow green" } });
    expect(Number(last.id)).toBeGreaterThan(Number(first.id));
    expect(await stream.next()).toBeUndefined();
  });

  it("tells of a task that waits without an id to go on after", async () => {
    const id = await submit(gateway, "brew", "later", { delay_ms: 60_000 });
    await using stream = await EventSource.open(`${gateway.url}/v1/tasks/${id}/events`);
    expect(await stream.expectNext()).toMatchObject({ id: undefined, event: "scheduled" });
  });

  it("goes on after the last event on another gateway, with what was missed", async () => {
    const other = await system.gateway();
    const task = await begun("black");
    const stream = await EventSource.open(task.events());
    const { id } = await stream.expectNext();
    await stream[Symbol.asyncDispose]();
    task.finish();
    await ended(gateway, task.id);
    await using resumed = await EventSource.open(task.events(other.url), id);
    expect(await resumed.states()).toEqual(["succeeded"]);
  });

  it("says nothing again that the client has seen", async () => {
    const task = await begun("white");
    await using stream = await EventSource.open(task.events());
    const { id } = await stream.expectNext();
    await using resumed = await EventSource.open(task.events(), id);
    task.finish();
    expect(await resumed.states()).toEqual(["succeeded"]);
  });

  it("answers 204 to a client that has seen the end, so that it does not come again", async () => {
    const id = await submit(gateway, "brew", "quick");
    await ended(gateway, id);
    await using stream = await EventSource.open(`${gateway.url}/v1/tasks/${id}/events`);
    const last = await stream.expectNext();
    const again = await fetch(`${gateway.url}/v1/tasks/${id}/events`, {
      headers: { "last-event-id": last.id ?? "" },
    });
    expect([again.status, await again.text()]).toEqual([204, ""]);
  });

  it("is a problem when the task is not known", async () => {
    const { status, body } = await call<ProblemBody>(`${gateway.url}/v1/tasks/brew-${"0".repeat(22)}/events`);
    expect([status, body.code]).toEqual([404, "task_not_found"]);
  });

  it("shows that it is alive while nothing happens", async () => {
    const lively = await system.gateway({ events: { heartbeatMs: 20 } });
    const task = await begun("mint");
    await using stream = await EventSource.open(task.events(lively.url));
    await stream.expectNext();
    const next = stream.next();
    await expect.poll(() => stream.comments).toBeGreaterThan(2);
    task.finish();
    expect((await next)?.event).toBe("succeeded");
  });
});

describe("GET /v1/events", () => {
  it("tells of every task from the moment it answers", async () => {
    await using stream = await EventSource.open(`${gateway.url}/v1/events?task=brew`);
    const ids = [await submit(gateway, "brew", "one"), await submit(gateway, "brew", "two")];
    await submit(gateway, "bulk", 1);
    const events = [await stream.expectNext(), await stream.expectNext()];
    expect(events.map(({ record }) => record.task_id).sort()).toEqual(ids.sort());
    expect(events.map(({ event }) => event)).toEqual(["succeeded", "succeeded"]);
  });

  it("tells from the start where to go on, so that a client that loses it at once misses nothing", async () => {
    const stream = await EventSource.open(`${gateway.url}/v1/events?task=brew`);
    const reading = stream.next().catch(() => undefined);
    await expect.poll(() => stream.ids.length).toBe(1);
    await stream[Symbol.asyncDispose]();
    await reading;
    const id = await submit(gateway, "brew", "missed");
    await ended(gateway, id);
    const other = await system.gateway();
    await using resumed = await EventSource.open(`${other.url}/v1/events?task=brew`, stream.ids[0]);
    expect((await resumed.expectNext()).record.task_id).toBe(id);
  });

  it("misses nothing and repeats nothing over ten changes of gateway", async () => {
    const gateways = [gateway, await system.gateway()];
    const seen: string[] = [];
    const made: string[] = [];
    let last: string | undefined;
    for (let round = 0; round < 10; round += 1) {
      const { url } = gateways[round % 2] ?? gateway;
      await using stream = await EventSource.open(`${url}/v1/events?task=brew`, last);
      for (const _ of [1, 2]) made.push(await submit(gateway, "brew", `round ${round}`));
      const next = await stream.expectNext();
      last = next.id;
      seen.push(next.record.task_id);
    }
    await using rest = await EventSource.open(`${gateway.url}/v1/events?task=brew`, last);
    while (seen.length < made.length) seen.push((await rest.expectNext()).record.task_id);
    expect(seen.sort()).toEqual(made.sort());
  });

  it("takes an id from another life of the store as from now on", async () => {
    await using stream = await EventSource.open(`${gateway.url}/v1/events?task=brew`, "999999999");
    const id = await submit(gateway, "brew", "afresh");
    expect((await stream.expectNext()).record.task_id).toBe(id);
  });
});

describe("a client that does not read", () => {
  /** Asks for events and reads nothing until told to. */
  async function openWithoutReading(url: string) {
    const { hostname, port } = new URL(url);
    const socket = connectSocket({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    socket.pause();
    socket.write("GET /v1/events?task=bulk HTTP/1.1\r\nhost: x\r\n\r\n");
    return socket;
  }

  const bulkTasks = (count: number) =>
    Promise.all(Array.from({ length: count }, () => submit(gateway, "bulk", 100)));

  it("disturbs nobody, and gets every final state when it does read", async () => {
    const patient = await system.gateway();
    await using other = await EventSource.open(`${patient.url}/v1/events?task=bulk`);
    const socket = await openWithoutReading(patient.url);
    const ids = await bulkTasks(300);
    const others: string[] = [];
    while (others.length < ids.length) others.push((await other.expectNext()).record.task_id);
    expect(others.sort()).toEqual([...ids].sort());

    const seen = new Set<string>();
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
      for (const [, id] of text.matchAll(/"task_id":"([^"]+)"/g)) seen.add(id ?? "");
      text = text.slice(-100);
    });
    socket.resume();
    await expect.poll(() => seen.size, { timeout: 10_000 }).toBe(ids.length);
    socket.destroy();
  });

  it("is cut off when it has read nothing for too long", async () => {
    const strict = await system.gateway({ events: { stallMs: 200 }, limits: { streams: 1 } });
    const socket = await openWithoutReading(strict.url);
    const open = async () => {
      const response = await fetch(`${strict.url}/v1/events?task=brew`);
      await response.body?.cancel();
      return response.status;
    };
    await expect.poll(open).toBe(503);
    await bulkTasks(200);
    await expect.poll(open, { timeout: 10_000 }).toBe(200);
    socket.destroy();
  });
});

describe("the number of streams", () => {
  it("is bounded for each client address and in all", async () => {
    const few = await system.gateway({ limits: { streams: 2, streamsPerClient: 1 } });
    const behindProxy = await system.gateway({
      limits: { streams: 2, streamsPerClient: 1, trustedProxies: ["127.0.0.1"] },
    });
    await using _stream = await EventSource.open(`${few.url}/v1/events`);
    const refused = await call<ProblemBody>(`${few.url}/v1/events`);
    expect([refused.status, refused.body.code]).toEqual([429, "too_many_streams_of_client"]);
    expect(refused.headers.get("retry-after")).toBe("5");

    const from = (address: string) =>
      fetch(`${behindProxy.url}/v1/events`, { headers: { "x-forwarded-for": address } });
    const [one, two] = [await from("10.0.0.1"), await from("10.0.0.2")];
    expect([one.status, two.status, (await from("10.0.0.3")).status]).toEqual([200, 200, 503]);
    await one.body?.cancel();
    await expect
      .poll(async () => {
        const next = await from("10.0.0.3");
        await next.body?.cancel();
        return next.status;
      })
      .toBe(200);
    await two.body?.cancel();
  });

  it("does not count clients that went before they had an answer", async () => {
    const few = await system.gateway({ limits: { streamsPerClient: 4 } });
    const { hostname, port } = new URL(few.url);
    for (let round = 0; round < 20; round += 1) {
      const sockets = Array.from({ length: 4 }, () => connectSocket({ host: hostname, port: Number(port) }));
      await Promise.all(sockets.map((socket) => once(socket, "connect")));
      for (const socket of sockets) {
        socket.write("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n", () => socket.destroy());
      }
      await Promise.all(sockets.map((socket) => once(socket, "close")));
    }
    const open = async () => {
      const response = await fetch(`${few.url}/v1/events`);
      await response.body?.cancel();
      return response.status;
    };
    await expect.poll(open).toBe(200);
  });
});

it("ends every stream within a second when the gateway stops, and tells the clients when to come again", async () => {
  const leaving = await system.gateway();
  const task = await begun("oolong");
  await using one = await EventSource.open(task.events(leaving.url));
  await using all = await EventSource.open(`${leaving.url}/v1/events?task=bulk`);
  await one.expectNext();
  const before = performance.now();
  const ends = Promise.all([one.next(), all.next()]);
  await leaving[Symbol.asyncDispose]();
  expect(await ends).toEqual([undefined, undefined]);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(one.retries).toHaveLength(2);
  task.finish();
});
