import type { IncomingMessage } from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { setTimeout } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { reportTroubles } from "./diagnostics.ts";
import type { Environment, Telemetry, TelemetryLogger } from "./telemetry.ts";

/** How long a process that ends waits for its last spans to be taken. */
const flushLimitMs = 2_000;

/** What the SDK does where the environment does not say: traces alone, small resources, room for bursts. */
const defaults = {
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
  OTEL_NODE_RESOURCE_DETECTORS: "serviceinstance,env",
  OTEL_BSP_MAX_QUEUE_SIZE: "16384",
  OTEL_BSP_SCHEDULE_DELAY: "1000",
  OTEL_EXPORTER_OTLP_TIMEOUT: String(flushLimitMs),
};

/** Starts the SDK with the instrumentation of HTTP, both ways. Only `startTelemetry` calls this. */
export function startSdk(
  service: string,
  env: Environment,
  logger?: TelemetryLogger,
): Pick<Telemetry, "nameRequest" | "shutdown"> {
  for (const [name, value] of Object.entries(defaults)) env[name] ||= value;
  if (logger && !env["OTEL_LOG_LEVEL"]) reportTroubles(logger);
  const sdk = new NodeSDK({
    serviceName: env["OTEL_SERVICE_NAME"] || service,
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: isUntraced, requireParentforOutgoingSpans: true }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
    ],
  });
  sdk.start();
  patchHttp();
  return {
    nameRequest(route) {
      const request = getRPCMetadata(context.active());
      if (request) request.route = route;
    },
    async shutdown() {
      const flushed = sdk.shutdown().catch(() => {});
      await Promise.race([flushed, setTimeout(flushLimitMs, undefined, { ref: false })]);
    },
  };
}

// The instrumentation acts when a module is required; code that imports `node:http` never does that.
function patchHttp(): void {
  const require = createRequire(import.meta.url);
  require("node:http");
  require("node:https");
  syncBuiltinESMExports();
}

/** Probes say nothing, and a stream of events would keep its span open for as long as it lasts. */
function isUntraced({ url = "" }: IncomingMessage): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return path === "/healthz" || path === "/readyz" || path === "/metrics" || path.endsWith("/events");
}
