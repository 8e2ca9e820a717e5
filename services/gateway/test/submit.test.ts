import { generateReport, sendEmail } from "@linecook/contracts";
import { defineTask, type TaskRecord } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Gateway } from "../src/app.ts";
import { call, ended, type ProblemBody, post, submit } from "./api.ts";
import { System } from "./system.ts";

const addUp = defineTask({
  name: "add_up",
  input: z.strictObject({ numbers: z.array(z.number()), fail: z.enum(["once", "always"]).optional() }),
  result: z.object({ sum: z.number() }),
  attempts: 2,
  backoff: { minMs: 2_000 },
});

const figures = {
  shipments: 0,
  delivered: 0,
  on_time: 0,
  late: 0,
  on_time_rate: null,
  transit_days_mean: null,
  transit_days_p95: null,
  weight_kg: 0,
  cost: 0,
  cost_per_kg: null,
};

let system: System;
let gateway: Gateway;
const begun = new Map<number, PromiseWithResolvers<void>>();

beforeAll(async () => {
  system = await System.start();
  await system.work(
    handle(addUp, ({ numbers, fail }, { attempt }) => {
      if (fail === "always" || (fail === "once" && attempt === 1)) throw new Error("cannot count");
      return { sum: numbers.reduce((sum, number) => sum + number, 0) };
    }),
    handle(generateReport, async ({ user_id }, { progress }) => {
      progress({ fraction: 0.5 });
      await begun.get(user_id)?.promise;
      if (user_id === 13) throw new Error("no luck");
      return {
        user_id,
        status: "completed" as const,
        report_id: `report-${user_id}`,
        period: { label: "2026-Q3", from: "2026-07-01", to: "2026-10-01" },
        totals: figures,
        by_carrier: [],
        worst_lanes: [],
        rejected: { total: 0, reasons: {} },
        notes: [],
        artifacts: [],
      };
    }),
  );
  gateway = await system.gateway();
});
afterAll(() => system[Symbol.asyncDispose]());

describe("the calls of the tutorial", () => {
  it("take a report from processing to completed", async () => {
    const gate = Promise.withResolvers<void>();
    begun.set(7, gate);
    const start = await call<{ task_id: string; status: string }>(`${gateway.url}/start-report/7`, {
      method: "POST",
    });
    expect(start.status).toBe(202);
    expect(start.body).toEqual({ task_id: expect.stringMatching(/^generate_report-/), status: "processing" });
    const status = () =>
      call<{ status: string; result?: unknown }>(`${gateway.url}/task-status/${start.body.task_id}`);
    await expect.poll(async () => (await status()).body).toEqual({ status: "STARTED" });
    gate.resolve();
    await ended(gateway, start.body.task_id);
    expect(await status()).toMatchObject({
      status: 200,
      body: { status: "completed", result: { user_id: 7, status: "completed", report_id: "report-7" } },
    });
  });

  it("tell of a report that waits for its second attempt", async () => {
    const { body } = await call<{ task_id: string }>(`${gateway.url}/start-report/13`, { method: "POST" });
    const status = () => call<unknown>(`${gateway.url}/task-status/${body.task_id}`);
    await expect.poll(async () => (await status()).body).toEqual({ status: "RETRY" });
  });

  it("do not know a task that never was", async () => {
    const { status, body } = await call<ProblemBody>(
      `${gateway.url}/task-status/generate_report-${"0".repeat(22)}`,
    );
    expect([status, body.code]).toEqual([404, "task_not_found"]);
  });
});

describe("POST /v1/tasks/{task}", () => {
  it("has a task run, whose record is at its location", async () => {
    const answer = await post<{ task_id: string; state: string }>(`${gateway.url}/v1/tasks/add_up`, {
      input: { numbers: [1, 2, 3] },
    });
    expect([answer.status, answer.body.state]).toEqual([202, "queued"]);
    expect(answer.headers.get("retry-after")).toBe("1");
    const record = await ended(gateway, answer.body.task_id);
    expect(record).toMatchObject({ task: "add_up", state: "succeeded", attempt: 1, result: { sum: 6 } });
    const located = await call<TaskRecord>(new URL(answer.headers.get("location") ?? "", gateway.url).href);
    expect(located.body).toEqual(record);
  });

  it("keeps a task with a delay until it is due", async () => {
    const id = await submit(gateway, "add_up", { numbers: [1] }, { delay_ms: 700 });
    const { body } = await call<TaskRecord>(`${gateway.url}/v1/tasks/${id}`);
    expect(body).toMatchObject({ state: "scheduled", next_attempt_at: expect.any(String) });
    expect((await call(`${gateway.url}/task-status/${id}`)).body).toEqual({ status: "PENDING" });
    expect(await ended(gateway, id)).toMatchObject({ state: "succeeded" });
  });

  it("says scheduled of a task with a time", async () => {
    const answer = await post<{ state: string }>(`${gateway.url}/v1/tasks/add_up`, {
      input: { numbers: [] },
      run_at: new Date(Date.now() + 86_400_000).toISOString(),
      priority: "low",
    });
    expect([answer.status, answer.body.state]).toEqual([202, "scheduled"]);
  });

  it("names each field that breaks the schema of the worker", async () => {
    const { status, headers, body } = await post<ProblemBody>(`${gateway.url}/v1/tasks/add_up`, {
      input: { numbers: [1, "2", null], extra: true, fail: "never" },
    });
    expect([status, headers.get("content-type")]).toEqual([422, "application/problem+json; charset=utf-8"]);
    expect(body).toMatchObject({ code: "invalid_input", instance: "/v1/tasks/add_up" });
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      "/input/extra",
      "/input/fail",
      "/input/numbers/1",
      "/input/numbers/2",
    ]);
  });

  it("refuses an input that is larger than the broker takes, though its body is not", async () => {
    // 1e20 is five bytes on its way in and twenty-two when it is written again.
    const numbers = `[${Array.from({ length: 150_000 }, () => "1e20").join()}]`;
    const { status, body } = await call<ProblemBody>(`${gateway.url}/v1/tasks/add_up`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"input":{"numbers":${numbers}}}`,
    });
    expect([status, body.code]).toEqual([413, "body_too_large"]);
  });

  it("does not know a task that no worker runs, and tells nothing of those that they do", async () => {
    const { status, body } = await post<ProblemBody>(`${gateway.url}/v1/tasks/subtract`, { input: {} });
    expect([status, body.code]).toEqual([404, "unknown_task"]);
    expect(JSON.stringify(body)).not.toContain("add_up");
  });

  it("takes a task that a worker publishes later, and shows it in the OpenAPI document", async () => {
    const unknown = await post<ProblemBody>(`${gateway.url}/v1/tasks/send_email`, { input: {} });
    expect(unknown.status).toBe(404);
    await using _worker = await system.work(
      handle(sendEmail, () => ({ message_id: "m-1", accepted: ["a@example.com"], rejected: [] })),
    );
    const input = { to: "a@example.com", subject: "Tea", text: "is ready" };
    await expect
      .poll(async () => (await post(`${gateway.url}/v1/tasks/send_email`, { input })).status)
      .toBe(202);
    const { body } = await call<{ paths: object }>(`${gateway.url}/openapi.json`);
    expect(body.paths).toHaveProperty(["/v1/tasks/send_email"]);
    const wrong = await post<ProblemBody>(`${gateway.url}/v1/tasks/send_email`, { input: { to: "nobody" } });
    expect([wrong.status, wrong.body.code]).toEqual([422, "invalid_input"]);
  });

  it("is not hurt by a schema that cannot be compiled", async () => {
    const type = {
      task: "broken_task",
      description: "",
      version: "1",
      input_schema: { type: "nonsense" },
      result_schema: { $ref: "#/nowhere" },
      defaults: { attempts: 1, timeout_ms: 1_000, ack_wait_ms: 1_000, lane: "normal" },
    };
    const connection = await system.connect();
    connection.publish("$KV.task_types.broken_task", JSON.stringify(type));
    connection.publish("$KV.task_types.junk", "{not json");
    const broken = () => post<ProblemBody>(`${gateway.url}/v1/tasks/broken_task`, { input: {} });
    await expect.poll(async () => (await broken()).body.code).toBe("broken_schema");
    expect((await broken()).status).toBe(503);
    expect((await call(`${gateway.url}/openapi.json`)).status).toBe(200);
    expect(await ended(gateway, await submit(gateway, "add_up", { numbers: [] }))).toMatchObject({
      state: "succeeded",
    });
  });
});

describe("Idempotency-Key", () => {
  const submitWith = (url: string, key: string, numbers: number[]) =>
    post<{ task_id: string; state: string }>(
      `${url}/v1/tasks/add_up`,
      { input: { numbers } },
      { "idempotency-key": key },
    );

  it("makes one task of the same submission, at whichever gateway and however late", async () => {
    const other = await system.gateway();
    const key = crypto.randomUUID();
    const [first, second] = await Promise.all([
      submitWith(gateway.url, key, [1, 2]),
      submitWith(other.url, key, [1, 2]),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.task_id).toBe(first.body.task_id);
    await ended(gateway, first.body.task_id);
    const third = await submitWith(other.url, key, [1, 2]);
    expect(third.body).toEqual({ task_id: first.body.task_id, state: "succeeded" });
  });

  it("does not mistake another input for the same", async () => {
    const key = crypto.randomUUID();
    const one = await submitWith(gateway.url, key, [1]);
    const two = await submitWith(gateway.url, key, [2]);
    expect(two.body.task_id).not.toBe(one.body.task_id);
  });
});

describe("GET /v1/tasks/{id}", () => {
  it("tells why a task failed", async () => {
    const id = await submit(gateway, "add_up", { numbers: [], fail: "once" });
    await expect
      .poll(async () => (await call<TaskRecord>(`${gateway.url}/v1/tasks/${id}`)).body)
      .toMatchObject({ state: "retrying", error: { code: "handler_error", message: "cannot count" } });
  });

  it.each(["nonsense", `add_up-${"0".repeat(22)}`, "a%2Fb"])("does not know %s", async (id) => {
    const { status, body } = await call<ProblemBody>(`${gateway.url}/v1/tasks/${id}`);
    expect([status, body.code]).toEqual([404, "task_not_found"]);
  });
});
