import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defineTask } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { OtlpSink } from "@linecook/telemetry/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { call, ended, type ProblemBody, submit } from "./api.ts";
import { EventSource } from "./sse.ts";
import { System } from "./system.ts";

const brew = defineTask({ name: "brew", input: z.string(), result: z.string() });
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let system: System;
beforeAll(async () => {
  system = await System.start();
  await system.work(handle(brew, (tea) => tea));
});
afterAll(() => system[Symbol.asyncDispose]());

type LogLine = { level: string; msg: string; url?: string };

/** The gateway as the process that an operator starts. */
class Process implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  readonly exited: Promise<number | null>;
  readonly #child;

  constructor(env: Record<string, string>) {
    const all = { ...process.env, NATS_URL: system.server.url, HTTP_PORT: "0", ...env };
    this.#child = spawn(process.execPath, [main], { env: all, stdio: ["ignore", "pipe", "inherit"] });
    createInterface(this.#child.stdout).on("line", (line) => this.lines.push(JSON.parse(line) as LogLine));
    this.exited = once(this.#child, "close").then(([code]) => code as number | null);
  }

  async url(): Promise<string> {
    const ready = () => this.lines.find(({ msg }) => msg === "ready")?.url ?? "";
    await expect.poll(ready, { timeout: 20_000 }).toMatch(/^http:/);
    return ready();
  }

  stop(): void {
    this.#child.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}

it("puts a submission, its publish and the delivery of its end into traces, and the id into problems", async () => {
  await using sink = await OtlpSink.start();
  await using gateway = new Process(sink.env());
  const url = await gateway.url();
  const id = await submit({ url }, "brew", "green");
  await ended({ url }, id);
  const { body } = await call<ProblemBody & { trace_id: string }>(`${url}/task-status/nonsense`);
  const spans = await sink.waitFor((all) => all.filter(({ kind }) => kind === "server").length === 3);
  const named = (name: string) => spans.find((span) => span.name === name);
  const [request, publish] = [named("POST /v1/tasks/:task"), named("publish task.brew")];
  const [waiting, delivery] = [named("GET /v1/tasks/:task"), named("deliver event.task.brew")];
  expect(publish).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
  expect(delivery?.links).toEqual([{ traceId: waiting?.traceId, spanId: waiting?.spanId }]);
  expect(body.trace_id).toBe(named("GET /task-status/:task_id")?.traceId);
});

it("ends in order with exit code 0 when it is told to, with streams open", async () => {
  await using gateway = new Process({});
  const url = await gateway.url();
  await using stream = await EventSource.open(`${url}/v1/events`);
  gateway.stop();
  expect(await stream.next()).toBeUndefined();
  expect(await gateway.exited).toBe(0);
});

it("names every bad variable at once, and ends", async () => {
  await using gateway = new Process({ HTTP_PORT: "tea", MAX_STREAMS: "-1", SSE_HEARTBEAT_MS: "soon" });
  expect(await gateway.exited).toBe(1);
  const said = gateway.lines.map(({ msg }) => msg).join();
  for (const name of ["HTTP_PORT", "MAX_STREAMS", "SSE_HEARTBEAT_MS"]) expect(said).toContain(name);
});
