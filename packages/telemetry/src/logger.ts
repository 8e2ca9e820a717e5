import { createRequire } from "node:module";
import { trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";

export type { Logger };

/** How much a logger says, from least to most. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** What a logger is made with. */
export interface LoggerOptions {
  /** The name each line carries: `gateway`. */
  service: string;
  /** @default "info" */
  level?: LogLevel;
  /** Coloured lines for people instead of JSON. @default true on a terminal, false elsewhere */
  pretty?: boolean;
}

/**
 * Makes the logger of a service: one JSON object a line on stdout, or a readable line on a terminal. A line
 * written inside a span carries its `trace_id` and `span_id`. Writing is synchronous, so that the last words of
 * a process are not lost.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { service, level = "info", pretty = process.stdout.isTTY } = options;
  const settings = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceIds,
  };
  return pretty ? pino(settings, prettyStream()) : pino(settings);
}

/** Makes a logger that says nothing, for tests. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}

function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

// Loaded only where a person looks: it would double the start-up cost of logging everywhere else.
function prettyStream(): DestinationStream {
  const pretty = createRequire(import.meta.url)("pino-pretty") as typeof import("pino-pretty");
  return pretty({
    sync: true,
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "service,trace_id,span_id",
    messageFormat: "{service} {msg}",
  });
}
