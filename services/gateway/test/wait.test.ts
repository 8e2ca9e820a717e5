import { defineTask, type TaskRecord } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { call, type ProblemBody, submit } from "./api.ts";
import { System } from "./system.ts";

const brew = defineTask({ name: "brew", input: z.string(), result: z.string() });
const gates = new Map<string, PromiseWithResolvers<void>>();

let system: System;
beforeAll(async () => {
  system = await System.start();
  await system.work(
    handle(brew, async (tea) => {
      await gates.get(tea)?.promise;
      return tea;
    }),
  );
});
afterAll(() => system[Symbol.asyncDispose]());

function gate(tea: string): PromiseWithResolvers<void> {
  const made = Promise.withResolvers<void>();
  gates.set(tea, made);
  return made;
}

function waitFor(url: string, id: string, wait: string, signal: AbortSignal | null = null) {
  return call<TaskRecord>(`${url}/v1/tasks/${id}`, { headers: { prefer: wait }, signal });
}

it("answers when the task has ended, and says how long it would have waited", async () => {
  const gateway = await system.gateway();
  const { resolve } = gate("green");
  const id = await submit(gateway, "brew", "green");
  const answer = waitFor(gateway.url, id, "respond-async, wait=10");
  await expect.poll(async () => (await waitFor(gateway.url, id, "")).body.state).toBe("running");
  resolve();
  const { headers, body } = await answer;
  expect(body).toMatchObject({ state: "succeeded", result: "green" });
  expect(headers.get("preference-applied")).toBe("wait=10");
});

it("answers with how the task stands when the time is over", async () => {
  const gateway = await system.gateway({ limits: { waitMs: 1_000 } });
  const { resolve } = gate("black");
  const id = await submit(gateway, "brew", "black");
  const before = performance.now();
  const { headers, body } = await waitFor(gateway.url, id, "wait=3600");
  expect(body.state).toBe("running");
  expect(headers.get("preference-applied")).toBe("wait=1");
  expect(performance.now() - before).toBeGreaterThan(900);
  resolve();
});

it("answers at once when as many wait as may", async () => {
  const gateway = await system.gateway({ limits: { waiting: 0 } });
  const { resolve } = gate("white");
  const id = await submit(gateway, "brew", "white");
  const { headers, body } = await waitFor(gateway.url, id, "wait=10");
  expect(["queued", "running"]).toContain(body.state);
  expect(headers.has("preference-applied")).toBe(false);
  resolve();
});

it("does not wait for a task that never was", async () => {
  const gateway = await system.gateway();
  const { status, body } = await call<ProblemBody>(`${gateway.url}/v1/tasks/brew-${"0".repeat(22)}`, {
    headers: { prefer: "wait=10" },
  });
  expect([status, body.code]).toEqual([404, "task_not_found"]);
});

it("lets go of a wait when the client has gone", async () => {
  const gateway = await system.gateway({ limits: { waiting: 1 } });
  const { resolve } = gate("oolong");
  const id = await submit(gateway, "brew", "oolong");
  const gone = new AbortController();
  const abandoned = waitFor(gateway.url, id, "wait=60", gone.signal);
  await expect
    .poll(async () => (await waitFor(gateway.url, id, "wait=1")).headers.has("preference-applied"))
    .toBe(false);
  gone.abort();
  await expect(abandoned).rejects.toThrow("aborted");
  await expect
    .poll(async () => (await waitFor(gateway.url, id, "wait=1")).headers.has("preference-applied"), {
      timeout: 5_000,
    })
    .toBe(true);
  resolve();
});

it("answers those who wait, within a second, when the gateway stops", async () => {
  const gateway = await system.gateway();
  const { resolve } = gate("mint");
  const id = await submit(gateway, "brew", "mint");
  await expect.poll(async () => (await waitFor(gateway.url, id, "")).body.state).toBe("running");
  const answer = waitFor(gateway.url, id, "wait=60");
  await waitFor(gateway.url, id, "");
  const before = performance.now();
  await gateway[Symbol.asyncDispose]();
  expect((await answer).body.state).toBe("running");
  expect(performance.now() - before).toBeLessThan(1_000);
  resolve();
});
