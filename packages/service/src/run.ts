import { createLogger, type Logger, startTelemetry, type Telemetry } from "@linecook/telemetry";
import { OrderlyEnd } from "./orderly-end.ts";
import { readProcessSettings } from "./process-variables.ts";

/** What a service is started with. */
export interface Runtime {
  logger: Logger;
  telemetry: Telemetry;
  /** Aborted when the process is told to stop, before the application is disposed. */
  signal: AbortSignal;
}

/** What a service is once it is started. Disposing it is its orderly shutdown. */
export interface Service extends AsyncDisposable {
  /** Where it answers over HTTP: the line `ready` names it, since port 0 is known only then. @default not named */
  readonly url?: string;
}

/**
 * Runs a service: the one call of every `main.ts`. It starts telemetry, then the application, and logs `ready`
 * with its url.
 * Import the application inside `start`, so that what it imports is traced. Give `process.env` itself.
 *
 * On SIGTERM or SIGINT the application is disposed, which is its orderly shutdown, then telemetry is flushed,
 * and the process ends with code 0 once nothing is left to do. A failed start, or an error that nobody caught,
 * is logged and ends it with code 1 in the same way. A second signal, or the end of `SHUTDOWN_TIMEOUT_MS`, ends
 * it at once, with code 1. Resolves when the service is ready or has failed to be; never throws.
 */
export async function run(
  service: string,
  env: Record<string, string | undefined>,
  start: (runtime: Runtime) => Promise<Service>,
): Promise<void> {
  const { logLevel, shutdownTimeoutMs } = readProcessSettings(env);
  const logger = createLogger({ service, level: logLevel });
  const end = new OrderlyEnd(logger, shutdownTimeoutMs);
  try {
    const telemetry = end.own(await startTelemetry(service, env, logger));
    const { url } = end.own(await start({ logger, telemetry, signal: end.signal }));
    end.started(url);
  } catch (error) {
    end.startFailed(error);
  }
}
