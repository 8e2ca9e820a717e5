import type { LogLevel } from "@linecook/telemetry";
import type { LogLine } from "../log-line.ts";
import type { ServiceName } from "../service-name.ts";
import { nameWidth, type Screen } from "./screen.ts";

const urgency: Readonly<Record<string, number>> = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
  fatal: 5,
  silent: 6,
};

/** Shows a line that a service logged, if it is urgent enough: who says it, and what. */
export function printLog(screen: Screen, from: LogLevel, name: ServiceName, line: LogLine): void {
  const weight = urgency[line.level] ?? 2;
  if (weight < (urgency[from] ?? 2)) return;
  const colour = weight >= 4 ? "red" : weight === 3 ? "yellow" : "dim";
  screen.line(
    `    ${screen.style(colour, name.padEnd(nameWidth))}  ${line.msg.replaceAll("\n", "\n      ")}${detailsOf(line)}`,
  );
}

const toldElsewhere = new Set(["level", "time", "service", "msg", "trace_id", "span_id", "pid", "hostname"]);

function detailsOf(line: LogLine): string {
  const details = Object.entries(line).filter(([field]) => !toldElsewhere.has(field));
  return details.map(([field, value]) => `  ${field}=${shown(value)}`).join("");
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  return JSON.stringify(value);
}
