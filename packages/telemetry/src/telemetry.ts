import type { Logger } from "pino";
import { switchTracing } from "./tracing.ts";

/** The variables of a process: `process.env`. */
export type Environment = Record<string, string | undefined>;

/** What runs behind the spans of a process. */
export interface Telemetry extends AsyncDisposable {
  /** Whether spans are recorded and sent. */
  readonly enabled: boolean;
  /** Names the span of the HTTP request at hand after its route: `GET /v1/tasks/:id`. */
  nameRequest(route: string): void;
  /** Sends what is still held, for a few seconds at most, and ends. Never throws. */
  shutdown(): Promise<void>;
}

/** Where the SDK's own troubles are told, such as a collector that is away. */
export type TelemetryLogger = Pick<Logger, "warn">;

/**
 * Starts OpenTelemetry as the standard `OTEL_*` variables say, and is off unless they name an endpoint or an
 * exporter: then the SDK is not even loaded. Call it before the code that is to be traced is imported, with
 * `process.env` itself, since the SDK reads there: variables that are not set get this system's defaults.
 *
 * A collector that is away costs spans, never the service: each trouble is a warning in the log, and the same
 * one is repeated once a minute at most.
 */
export async function startTelemetry(
  service: string,
  env: Environment,
  logger?: TelemetryLogger,
): Promise<Telemetry> {
  if (!isWanted(env)) return disposable({ enabled: false, nameRequest: () => {}, shutdown: async () => {} });
  const { startSdk } = await import("./sdk.ts");
  const { nameRequest, shutdown } = startSdk(service, env, logger);
  switchTracing(true);
  return disposable({
    enabled: true,
    nameRequest,
    async shutdown() {
      switchTracing(false);
      await shutdown();
    },
  });
}

function isWanted(env: Environment): boolean {
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return false;
  if (env["OTEL_TRACES_EXPORTER"]) return env["OTEL_TRACES_EXPORTER"] !== "none";
  return Boolean(env["OTEL_EXPORTER_OTLP_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]);
}

function disposable(telemetry: Omit<Telemetry, typeof Symbol.asyncDispose>): Telemetry {
  return { ...telemetry, [Symbol.asyncDispose]: telemetry.shutdown };
}
