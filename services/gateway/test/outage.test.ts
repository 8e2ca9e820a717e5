import { NatsServer } from "@linecook/nats-server";
import { defineTask } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { expect, it } from "vitest";
import * as z from "zod";
import { call, ended, type ProblemBody, post, submit } from "./api.ts";
import { EventSource } from "./sse.ts";
import { System, startGateway } from "./system.ts";

const brew = defineTask({ name: "brew", input: z.string(), result: z.string() });

async function timed<Result>(work: Promise<Result>): Promise<[Result, number]> {
  const before = performance.now();
  const result = await work;
  return [result, performance.now() - before];
}

it("answers 503 within two seconds on every route while NATS is away, and serves again when it is back", async () => {
  await using system = await System.start();
  await system.work(handle(brew, (tea) => tea));
  const { url } = await system.gateway();
  const id = await submit({ url }, "brew", "green");
  await ended({ url }, id);
  await using stream = await EventSource.open(`${url}/v1/events`);
  await system.server.stop();

  const get = (path: string, headers: Record<string, string> = {}) =>
    call<ProblemBody>(url + path, { headers });
  const calls = {
    submit: () => post<ProblemBody>(`${url}/v1/tasks/brew`, { input: "x" }),
    "submit with a key": () =>
      post<ProblemBody>(`${url}/v1/tasks/brew`, { input: "x" }, { "idempotency-key": "k" }),
    "unknown task": () => post<ProblemBody>(`${url}/v1/tasks/boil`, { input: "x" }),
    report: () => call<ProblemBody>(`${url}/start-report/1`, { method: "POST" }),
    status: () => get(`/task-status/${id}`),
    record: () => get(`/v1/tasks/${id}`),
    wait: () => get(`/v1/tasks/${id}`, { prefer: "wait=30" }),
    events: () => get(`/v1/tasks/${id}/events`),
    "all events": () => get("/v1/events"),
    artifact: () => get(`/v1/tasks/${id}/artifacts/tea.html`),
    queues: () => get("/v1/queues"),
    workers: () => get("/v1/workers"),
  };
  const answers = await Promise.all(
    Object.entries(calls).map(async ([name, ask]) => {
      const [{ status, headers, body }, tookMs] = await timed(ask());
      const retryAfter = Number(headers.get("retry-after"));
      return { name, status, code: body.code, retries: retryAfter > 0, inTime: tookMs < 2_000 };
    }),
  );
  expect(answers).toEqual(
    Object.keys(calls).map((name) => ({
      name,
      status: 503,
      code: "nats_unavailable",
      retries: true,
      inTime: true,
    })),
  );
  expect((await get("/readyz")).status).toBe(503);
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/openapi.json")).status).toBe(200);

  await system.server.restart();
  await expect.poll(async () => (await get("/readyz")).status, { timeout: 10_000 }).toBe(200);
  const again = await submit({ url }, "brew", "black");
  expect(await ended({ url }, again)).toMatchObject({ state: "succeeded" });
  expect(await ended({ url }, id)).toMatchObject({ state: "succeeded", result: "green" });
  for (let next = await stream.expectNext(); next.record.task_id !== again; next = await stream.expectNext());
});

it("rides over a moment without NATS", async () => {
  await using system = await System.start();
  await system.work(handle(brew, (tea) => tea));
  const { url } = await system.gateway();
  await submit({ url }, "brew", "green");
  const { exited } = system.server;
  const back = system.server.restart();
  await exited;
  const answer = post<{ task_id: string }>(`${url}/v1/tasks/brew`, { input: "black" });
  await back;
  const { status, body } = await answer;
  expect(status).toBe(202);
  expect(await ended({ url }, body.task_id)).toMatchObject({ state: "succeeded" });
});

it("says that the store is full, and keeps what it accepted", async () => {
  await using system = await System.start({ maxFileStore: 3_000_000 });
  const worker = await system.work(handle(brew, (tea) => tea));
  const { url } = await system.gateway();
  await worker.stop();
  const fill = () =>
    post<ProblemBody & { task_id: string }>(`${url}/v1/tasks/brew`, { input: "x".repeat(500_000) });
  const accepted: string[] = [];
  let answer = await fill();
  while (answer.status === 202 && accepted.length < 20) {
    accepted.push(answer.body.task_id);
    answer = await fill();
  }
  expect([answer.status, answer.body.code]).toEqual([503, "store_full"]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(accepted.length).toBeGreaterThan(0);
  for (const id of accepted)
    expect((await call(`${url}/v1/tasks/${id}`)).body).toMatchObject({ state: "queued" });
});

it("waits for a broker that starts later, and stops while it waits", async () => {
  const server = await NatsServer.start();
  await server.stop();
  const stop = new AbortController();
  const waiting = startGateway(server.url, {}, stop.signal);
  stop.abort(new Error("stopping"));
  await expect(waiting).rejects.toThrow("stopping");

  const started = startGateway(server.url);
  await server.restart();
  {
    await using gateway = await started;
    expect((await call(`${gateway.url}/readyz`)).body).toEqual({ ready: true });
  }
  await server[Symbol.asyncDispose]();
});
