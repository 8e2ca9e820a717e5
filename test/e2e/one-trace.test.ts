import { startSystem } from "@linecook/local";
import { OtlpSink, type SinkSpan } from "@linecook/telemetry/testing";
import { expect, it } from "vitest";

it("one trace runs from the request over the broker to the worker, its record and the client that waits", async () => {
  await using sink = await OtlpSink.start();
  await using system = await startSystem({
    services: { gateway: 1, "report-worker": 1, "notification-worker": 0 },
    env: sink.env(),
  });
  const submitted = await fetch(`${system.url}/v1/tasks/generate_report`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: { user_id: 7 } }),
  });
  expect(submitted.status).toBe(202);
  const { task_id } = (await submitted.json()) as { task_id: string };
  const waited = await fetch(`${system.url}/v1/tasks/${task_id}`, { headers: { prefer: "wait=30" } });
  const record = (await waited.json()) as { state: string; trace_id: string; traceparent: string };
  expect(record.state).toBe("succeeded");

  const isLastWrite = (span: SinkSpan) =>
    span.name === "publish task_state" && span.attributes["linecook.task.state"] === "succeeded";
  const isLastDelivery = (span: SinkSpan) =>
    span.name === "deliver event.task.generate_report" &&
    span.attributes["linecook.task.state"] === "succeeded";
  const isWaitingRequest = (span: SinkSpan) => span.name.startsWith("GET /v1/tasks/");
  const spans = await sink.waitFor(
    (seen) => seen.some(isLastWrite) && seen.some(isLastDelivery) && seen.some(isWaitingRequest),
    10_000,
  );
  const one = (what: string, matches: (span: SinkSpan) => boolean): SinkSpan => {
    const [span, ...others] = spans.filter(matches);
    if (span === undefined || others.length > 0) throw new Error(`${others.length + 1} spans of ${what}`);
    return span;
  };
  const request = one("the request", ({ name }) => name.startsWith("POST /v1/tasks/"));
  const publish = one("the publish", ({ name }) => name === "publish task.generate_report");
  const process = one("the attempt", ({ name }) => name === "process task.generate_report");
  const write = one("the last write", isLastWrite);
  const delivery = one("the last delivery", isLastDelivery);
  const waiting = one("the waiting request", isWaitingRequest);

  expect([publish, process, write, delivery].map(({ traceId }) => traceId)).toEqual(
    Array.from({ length: 4 }, () => request.traceId),
  );
  expect(publish.parentSpanId).toBe(request.spanId);
  expect(process.parentSpanId).toBe(publish.spanId);
  expect(process.links).toContainEqual({ traceId: publish.traceId, spanId: publish.spanId });
  expect(write.parentSpanId).toBe(process.spanId);
  expect(delivery.parentSpanId).toBe(write.spanId);
  expect(delivery.links).toContainEqual({ traceId: waiting.traceId, spanId: waiting.spanId });
  expect([request, publish, process, write, delivery].map(({ service }) => service)).toEqual([
    "gateway",
    "gateway",
    "report-worker",
    "report-worker",
    "gateway",
  ]);
  expect(record.trace_id).toBe(request.traceId);
  expect(record.traceparent).toBe(`00-${write.traceId}-${write.spanId}-01`);
  expect(spans.filter(({ name }) => name.includes(task_id))).toEqual([]);
});
