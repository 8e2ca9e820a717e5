import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import type { TelemetryLogger } from "./telemetry.ts";

const repeatEveryMs = 60_000;
const keptMessages = 100;

/** Sends the SDK's own warnings and errors to a log, the same one once a minute at most. */
export function reportTroubles(logger: TelemetryLogger): void {
  const lastSaid = new Map<string, number>();
  const warn = (text: string) => {
    const message = readable(text);
    const now = Date.now();
    if (now - (lastSaid.get(message) ?? Number.NEGATIVE_INFINITY) < repeatEveryMs) return;
    if (lastSaid.size >= keptMessages) lastSaid.clear();
    lastSaid.set(message, now);
    logger.warn(`telemetry: ${message}`);
  };
  const silent = () => {};
  const diagLogger: DiagLogger = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(diagLogger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

// The SDK reports an error as one JSON object with its stack.
function readable(text: string): string {
  try {
    const { message, code, name } = JSON.parse(text) as Record<string, unknown>;
    return String(message || code || name);
  } catch {
    return text;
  }
}
