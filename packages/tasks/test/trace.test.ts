import { deadSubject, headers as header, newTaskId, taskIdParts, taskSubject } from "@linecook/protocol";
import { startTelemetry, type Telemetry } from "@linecook/telemetry";
import { OtlpSink } from "@linecook/telemetry/testing";
import { headers } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let sink: OtlpSink;
let telemetry: Telemetry;
let engine: Engine;

beforeAll(async () => {
  sink = await OtlpSink.start();
  Object.assign(process.env, sink.env());
  telemetry = await startTelemetry("engine", process.env);
  engine = await Engine.start();
});

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await telemetry.shutdown();
  await sink[Symbol.asyncDispose]();
});

const traceId = "0af7651916cd43dd8448eb211c80319c";

describe("the trace of a task", () => {
  it("is one, over all its attempts, its records and its dead letter", async () => {
    const task = anyTask({ attempts: 2 });
    await using _ = await engine.work([
      handle(task, () => {
        throw new Error("no luck");
      }),
    ]);
    const id = newTaskId(task.name);
    const carrier = headers();
    carrier.set(header.traceparent, `00-${traceId}-b7ad6b7169203331-01`);
    await engine.publisher.publish(taskSubject(id, "normal"), "{}", { headers: carrier });
    const record = await engine.until(id, { state: "failed", attempt: 2 });
    expect(record.trace_id).toBe(traceId);
    await engine.untilIdle(task);
    const letter = await engine.deadLetter(deadSubject(taskIdParts(id)));
    expect(letter?.header.get(header.traceparent)).toContain(traceId);

    const names = ["process", "publish"].map((verb) => `${verb} task.${task.name}`);
    const mine = () => sink.spans().filter((span) => span.traceId === traceId);
    const [process, publish] = names.map((name) => () => mine().filter((span) => span.name === name));
    await expect.poll(() => [process?.().length, publish?.().length], { timeout: 5_000 }).toEqual([2, 1]);
    const [first, second] = process?.() ?? [];
    expect(first?.attributes["linecook.task.attempt"]).toBe(1);
    expect(second?.attributes["linecook.task.attempt"]).toBe(2);
    const [retry] = publish?.() ?? [];
    expect(retry?.parentSpanId).toBe(first?.spanId);
    expect(second?.parentSpanId).toBe(retry?.spanId);
  });
});
