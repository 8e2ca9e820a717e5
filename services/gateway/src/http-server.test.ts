import { newTaskId, ProtocolError, type TaskRecord, type TaskState } from "@linecook/protocol";
import { TasksError, type TasksErrorCode } from "@linecook/tasks";
import { silentLogger } from "@linecook/telemetry";
import type { InjectOptions } from "fastify";
import { describe, expect, it, vi } from "vitest";
import type { Backend, Tasks } from "./backend.ts";
import { readConfig } from "./config.ts";
import { createHttpServer } from "./http-server.ts";
import { compileCheck } from "./input-check.ts";
import type { KnownTask } from "./known-tasks.ts";
import { Problem } from "./problem.ts";
import { StreamSlots } from "./stream-slots.ts";

const schema = {
  type: "object",
  required: ["user_id"],
  properties: { user_id: { type: "integer", minimum: 1 } },
};

function knownTask(task: string, check = compileCheck(schema, "/input")): KnownTask {
  const defaults = { attempts: 3, timeout_ms: 1_000, ack_wait_ms: 1_000, lane: "normal" as const };
  const type = { task, description: "", version: "1", input_schema: schema, result_schema: {}, defaults };
  return { type, check };
}

const nothing = () => {
  throw new Error("not expected to be called");
};

function serverWith(tasks: Partial<Tasks> = {}, backend?: () => Backend) {
  const known = new Map(["make_tea", "generate_report"].map((name) => [name, knownTask(name)] as const));
  const fake: Tasks = {
    get: nothing,
    getEvent: nothing,
    lastSequence: nothing,
    submitJson: async (task) => newTaskId(task),
    watch: nothing,
    watchAll: nothing,
    artifacts: { get: nothing },
    queues: { state: nothing, workers: nothing },
    ...tasks,
  };
  const behind: Backend = {
    tasks: fake,
    known: { all: known, find: async () => undefined },
    ready: async () => {},
  };
  return createHttpServer({
    config: readConfig({ MAX_BODY_BYTES: "2048" }),
    backend: backend ?? (() => behind),
    stopping: new AbortController().signal,
    streams: new StreamSlots(10),
    logger: silentLogger(),
    telemetry: { enabled: false, nameRequest: () => {} },
  });
}

const tea = { method: "POST", url: "/v1/tasks/make_tea" } as const;
const cup = { input: { user_id: 1 } };

async function problemFrom(request: InjectOptions, server = serverWith()) {
  await using app = server;
  const response = await app.inject(request);
  expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
  const problem = response.json<{ status: number; code: string; detail: string }>();
  expect(problem).toMatchObject({
    type: `urn:linecook:problem:${problem.code}`,
    status: response.statusCode,
  });
  return { ...problem, headers: response.headers };
}

describe("a problem", () => {
  it.each<[TasksErrorCode, number, string, string | undefined]>([
    ["disconnected", 503, "nats_unavailable", "2"],
    ["timeout", 503, "nats_unavailable", "2"],
    ["refused", 503, "nats_unavailable", "2"],
    ["store_full", 503, "store_full", "30"],
    ["closed", 503, "not_ready", "2"],
    ["payload_too_large", 413, "body_too_large", undefined],
    ["conflict", 500, "internal", undefined],
  ])("is what the engine's %s becomes: %i %s", async (engineCode, status, code, retryAfter) => {
    const submitJson = async () => {
      throw new TasksError(engineCode, "secret");
    };
    const problem = await problemFrom({ ...tea, payload: cup }, serverWith({ submitJson }));
    expect(problem).toMatchObject({ status, code, instance: "/v1/tasks/make_tea" });
    expect(problem.headers["retry-after"]).toBe(retryAfter);
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  it.each<[string, InjectOptions, number, string]>([
    [
      "is no JSON",
      { ...tea, payload: "{", headers: { "content-type": "application/json" } },
      400,
      "malformed_json",
    ],
    [
      "is empty",
      { ...tea, payload: "", headers: { "content-type": "application/json" } },
      400,
      "malformed_json",
    ],
    [
      "tries to poison a prototype",
      { ...tea, payload: '{"__proto__":{}}', headers: { "content-type": "application/json" } },
      400,
      "malformed_json",
    ],
    [
      "is text",
      { ...tea, payload: "x", headers: { "content-type": "text/plain" } },
      415,
      "unsupported_media_type",
    ],
    [
      "is of no type",
      { ...tea, payload: "x", headers: { "content-type": "!" } },
      415,
      "unsupported_media_type",
    ],
    ["is missing", tea, 422, "invalid_input"],
    ["is too large", { ...tea, payload: { input: "x".repeat(2_048) } }, 413, "body_too_large"],
    ["breaks the schema", { ...tea, payload: { input: {} } }, 422, "invalid_input"],
  ])("tells that the body %s", async (_, request, status, code) => {
    expect(await problemFrom(request)).toMatchObject({ status, code });
  });

  it.each<[string, InjectOptions, number, string]>([
    ["a path that nothing answers", { url: "/nowhere" }, 404, "no_route"],
    ["a task that nobody runs", { ...tea, url: "/v1/tasks/make_coffee", payload: cup }, 404, "unknown_task"],
    [
      "a method that a path does not take",
      { method: "DELETE", url: "/v1/queues" },
      405,
      "method_not_allowed",
    ],
    ["a path that cannot be decoded", { url: "/v1/tasks/%E0%A4%A" }, 400, "bad_request"],
    ["a path part that is too long", { url: `/v1/tasks/${"x".repeat(200)}` }, 414, "uri_too_long"],
    ["a user id that is no integer", { method: "POST", url: "/start-report/me" }, 422, "invalid_input"],
    [
      "a user id out of range",
      { method: "POST", url: `/start-report/${"9".repeat(30)}` },
      422,
      "invalid_input",
    ],
    ["a user id that the schema refuses", { method: "POST", url: "/start-report/0" }, 422, "invalid_input"],
    ["an event id that is none", { url: "/v1/events", headers: { "last-event-id": "x" } }, 400, "bad_header"],
    ["a task name that is none", { url: "/v1/events?task=No%20Name" }, 400, "bad_parameter"],
    ["two task names", { url: "/v1/events?task=a&task=b" }, 400, "bad_parameter"],
    ["a file of what is no task", { url: "/v1/tasks/x/artifacts/y" }, 404, "artifact_not_found"],
  ])("tells of %s", async (_, request, status, code) => {
    expect(await problemFrom(request)).toMatchObject({ status, code });
  });

  it("names the methods that a path does take", async () => {
    expect((await problemFrom({ method: "PUT", url: "/v1/tasks/x" })).headers.allow).toBe("GET, HEAD, POST");
  });

  it("tells of JSON that is nested too deeply", async () => {
    const fall = (): string => `${fall()}.`;
    const submitJson = async () => fall();
    const problem = await problemFrom({ ...tea, payload: cup }, serverWith({ submitJson }));
    expect(problem).toMatchObject({ status: 400, code: "json_too_deep" });
  });

  it("is logged with its cause when the gateway failed, and says nothing of it to the client", async () => {
    const logger = silentLogger();
    const error = vi.spyOn(logger, "error");
    const cause = new Error("secret");
    const app = createHttpServer({
      config: readConfig({}),
      backend: () => {
        throw cause;
      },
      stopping: new AbortController().signal,
      streams: new StreamSlots(1),
      logger,
      telemetry: { enabled: false, nameRequest: () => {} },
    });
    const problem = await problemFrom({ url: "/v1/queues?token=secret" }, app);
    expect(problem).toMatchObject({ status: 500, code: "internal", instance: "/v1/queues" });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ err: cause }), expect.any(String));
  });
});

describe("a gateway that has no NATS yet", () => {
  const waiting = () => {
    throw new Problem("not_ready", { detail: "Waiting for NATS." });
  };

  it("is alive, not ready, and says so to all others", async () => {
    await using app = serverWith({}, waiting);
    expect((await app.inject("/healthz")).json()).toEqual({ alive: true });
    const ready = await app.inject("/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([503, { ready: false, reason: "Waiting for NATS." }]);
    const start = await app.inject({ method: "POST", url: "/start-report/1" });
    expect([start.statusCode, start.headers["retry-after"]]).toEqual([503, "2"]);
  });
});

describe("GET /task-status/{task_id}", () => {
  const taskId = newTaskId("generate_report");

  async function statusOf(state: TaskState, result?: unknown) {
    const record = { task_id: taskId, task: "generate_report", state, attempt: 1, submitted_at: "", result };
    await using app = serverWith({ get: async () => record as TaskRecord });
    return (await app.inject(`/task-status/${taskId}`)).json();
  }

  it.each<[TaskState, string]>([
    ["scheduled", "PENDING"],
    ["queued", "PENDING"],
    ["running", "STARTED"],
    ["retrying", "RETRY"],
    ["failed", "FAILURE"],
    ["cancelled", "REVOKED"],
  ])("says %s as %s", async (state, status) => {
    expect(await statusOf(state)).toEqual({ status });
  });

  it("says completed, with the result", async () => {
    const result = { user_id: 7, status: "completed", report_id: "r-1" };
    expect(await statusOf("succeeded", result)).toEqual({ status: "completed", result });
  });

  it.each([new TasksError("not_found", "x"), new ProtocolError("bad_task_id", "x")])(
    "does not know a task that never was, or what is no task id",
    async (error) => {
      const get = async () => {
        throw error;
      };
      const problem = await problemFrom({ url: `/task-status/${taskId}` }, serverWith({ get }));
      expect(problem).toMatchObject({ status: 404, code: "task_not_found" });
    },
  );
});

describe("an accepted task", () => {
  it("is answered with its id, and where to follow it", async () => {
    const submitJson = vi.fn(async () => "make_tea-0123456789012345678901");
    await using app = serverWith({ submitJson });
    const response = await app.inject({ ...tea, payload: { input: { user_id: 1 }, priority: "high" } });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ task_id: "make_tea-0123456789012345678901", state: "queued" });
    expect(response.headers).toMatchObject({
      location: "/v1/tasks/make_tea-0123456789012345678901",
      "retry-after": "1",
    });
    expect(submitJson).toHaveBeenCalledWith("make_tea", '{"user_id":1}', { lane: "high" });
  });

  it.each(["/start-report/7", "/start-report/+7", "/start-report/007"])(
    "can be asked for by %s",
    async (url) => {
      const submitJson = vi.fn(async () => "generate_report-0123456789012345678901");
      await using app = serverWith({ submitJson });
      const response = await app.inject({ method: "POST", url });
      expect([response.statusCode, response.json()]).toEqual([
        202,
        { task_id: "generate_report-0123456789012345678901", status: "processing" },
      ]);
      expect(submitJson).toHaveBeenCalledWith("generate_report", '{"user_id":7}', { lane: "normal" });
    },
  );

  it.each([
    { payload: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    { payload: "", headers: { "content-type": "application/json" } },
    { payload: "{nope", headers: { "content-type": "application/json" } },
  ])("can be asked for with any body, which is not looked at", async (body) => {
    await using app = serverWith();
    expect((await app.inject({ method: "POST", url: "/start-report/7", ...body })).statusCode).toBe(202);
  });
});

it("puts the security headers on every answer", async () => {
  await using app = serverWith();
  for (const url of ["/healthz", "/nowhere", "/openapi.json", "/docs", "/"]) {
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers).not.toHaveProperty("x-powered-by");
  }
});
