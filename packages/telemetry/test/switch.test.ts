import { OtlpSink } from "@linecook/telemetry/testing";
import { describe, expect, it } from "vitest";
import { runFixture } from "./run-fixture.ts";

async function modules(env: Record<string, string>): Promise<{ enabled: boolean; sdk: string[] }> {
  const { stdout } = await runFixture("loaded-modules", [], env);
  const { enabled, loaded } = JSON.parse(stdout) as { enabled: boolean; loaded: string[] };
  return { enabled, sdk: loaded.filter((url) => /@opentelemetry\/(?!api\/)/.test(url)) };
}

describe("telemetry", () => {
  it.each([
    ["no endpoint is named", {}],
    [
      "the SDK is disabled",
      { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
    ],
    [
      "the exporter is none",
      { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
    ],
  ])("loads nothing of the SDK when %s", async (_, env) => {
    expect(await modules(env)).toEqual({ enabled: false, sdk: [] });
  });

  it("loads the SDK when an endpoint is named", async () => {
    await using sink = await OtlpSink.start();
    const { enabled, sdk } = await modules(sink.env());
    expect(enabled).toBe(true);
    expect(sdk.length).toBeGreaterThan(10);
  });

  it("names the service by OTEL_SERVICE_NAME before its own name", async () => {
    await using sink = await OtlpSink.start();
    await runFixture("one-span", [], { ...sink.env(), OTEL_SERVICE_NAME: "renamed" });
    expect(sink.spans().map(({ service }) => service)).toEqual(["renamed"]);
  });

  it("ends a process within seconds when the collector is away", async () => {
    const startedAt = Date.now();
    const { exitCode } = await runFixture("one-span", [], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    });
    expect(exitCode).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
  });
});
