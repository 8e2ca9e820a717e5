import { switchTracing } from "./tracing.ts";

/** The variables of a process: `process.env`. */
export type Environment = Record<string, string | undefined>;

/** What runs behind the spans of a process. */
export interface Telemetry extends AsyncDisposable {
  /** Whether spans are recorded and sent. */
  readonly enabled: boolean;
  /** Sends what is still held, for a few seconds at most, and ends. Never throws. */
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry as the standard `OTEL_*` variables say, and is off unless they name an endpoint or an
 * exporter: then the SDK is not even loaded. Call it before the code that is to be traced is imported, with
 * `process.env` itself, since the SDK reads there: variables that are not set get this system's defaults.
 */
export async function startTelemetry(service: string, env: Environment): Promise<Telemetry> {
  if (!isWanted(env)) return telemetry(false, async () => {});
  const { startSdk } = await import("./sdk.ts");
  const sdk = startSdk(service, env);
  switchTracing(true);
  return telemetry(true, async () => {
    switchTracing(false);
    await sdk.shutdown();
  });
}

function isWanted(env: Environment): boolean {
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return false;
  if (env["OTEL_TRACES_EXPORTER"]) return env["OTEL_TRACES_EXPORTER"] !== "none";
  return Boolean(env["OTEL_EXPORTER_OTLP_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]);
}

function telemetry(enabled: boolean, shutdown: () => Promise<void>): Telemetry {
  return { enabled, shutdown, [Symbol.asyncDispose]: shutdown };
}
