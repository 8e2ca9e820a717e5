import { expect, it } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";

it("says which spans came when those waited for did not", async () => {
  await using sink = await OtlpSink.start();
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: "a", traceId: "1", spanId: "2" }] }] }] };
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = sink.env();
  await fetch(`${endpoint}/v1/traces`, { method: "POST", body: JSON.stringify(body) });
  await expect(sink.waitFor((spans) => spans.length > 1, 20)).rejects.toThrow(/within 20 ms; these did: : a/);
});

it("refuses what is not JSON with the variable to set", async () => {
  await using sink = await OtlpSink.start();
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = sink.env();
  const response = await fetch(`${endpoint}/v1/traces`, { method: "POST", body: "\u0001\u0002" });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/json");
});
