import { OtlpSink, type SinkSpan } from "@linecook/telemetry/testing";
import { describe, expect, it } from "vitest";
import { runFixture } from "./run-fixture.ts";

async function trace(...paths: string[]): Promise<{ spans: Map<string, SinkSpan>; stdout: string }> {
  await using sink = await OtlpSink.start();
  const { exitCode, stdout } = await runFixture("traced-service", paths, sink.env());
  expect(exitCode).toBe(0);
  return { spans: new Map(sink.spans().map((span) => [span.name, span])), stdout };
}

function spanNamed(spans: Map<string, SinkSpan>, name: string): SinkSpan {
  const span = spans.get(name);
  if (!span) throw new Error(`No span "${name}" among ${[...spans.keys()].join(", ")}`);
  return span;
}

describe("the trace of a task", () => {
  it("runs from the request to its answer, linked by ids", async () => {
    const { spans } = await trace("/tea/4711");
    const request = spanNamed(spans, "GET /tea/:id");
    const publish = spanNamed(spans, "publish task.make_tea");
    const process = spanNamed(spans, "process task.make_tea");
    const record = spanNamed(spans, "publish task_state");
    const deliver = spanNamed(spans, "deliver event.task.make_tea");

    expect([...spans.values()].every((span) => span.traceId === request.traceId)).toBe(true);
    expect(request.parentSpanId).toBe("");
    expect(publish.parentSpanId).toBe(request.spanId);
    expect(process.parentSpanId).toBe(publish.spanId);
    expect(record.parentSpanId).toBe(process.spanId);
    expect(deliver.parentSpanId).toBe(record.spanId);
    expect(process.links).toEqual([{ traceId: publish.traceId, spanId: publish.spanId }]);
    expect(deliver.links).toEqual([{ traceId: request.traceId, spanId: request.spanId }]);
    expect([request, publish, process, record, deliver].map(({ kind }) => kind)).toEqual([
      "server",
      "producer",
      "consumer",
      "producer",
      "consumer",
    ]);
    expect(spans.size).toBe(5);
  });

  it("says what went wrong in a failed attempt", async () => {
    const { spans } = await trace("/tea/4711");
    const { status, attributes } = spanNamed(spans, "process task.make_tea");
    expect(status).toEqual({ code: "error", message: "the pot is empty" });
    expect(attributes["error.type"]).toBe("no_water");
  });

  it("is in the log lines of the attempt", async () => {
    const { spans, stdout } = await trace("/tea/4711");
    const { traceId, spanId } = spanNamed(spans, "process task.make_tea");
    expect(JSON.parse(stdout)).toMatchObject({
      service: "traced",
      msg: "at work",
      trace_id: traceId,
      span_id: spanId,
    });
  });

  it("leaves out probes and the request span of a stream, but not its deliveries", async () => {
    const { spans } = await trace(
      "/healthz",
      "/readyz?verbose",
      "/metrics",
      "/v1/tasks/make_tea-4711/events",
    );
    expect([...spans.values()].filter(({ kind }) => kind === "server")).toEqual([]);
    const record = spanNamed(spans, "publish task_state");
    expect(spanNamed(spans, "deliver event.task.make_tea").parentSpanId).toBe(record.spanId);
  });
});
