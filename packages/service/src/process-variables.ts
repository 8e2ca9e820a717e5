import { type LogLevel, logLevels } from "@linecook/telemetry";
import * as z from "zod";
import { type Environment, setVariables } from "./set-variables.ts";
import { milliseconds } from "./variables.ts";

/** What every process of this system can be told. */
export interface ProcessSettings {
  logLevel: LogLevel;
  shutdownTimeoutMs: number;
}

/** `LOG_LEVEL` and `SHUTDOWN_TIMEOUT_MS`: what every process of this system can be told. */
export const processVariables: z.ZodType<ProcessSettings> = z
  .object({
    LOG_LEVEL: z.enum(logLevels, { error: `expected one of ${logLevels.join(", ")}` }).default("info"),
    SHUTDOWN_TIMEOUT_MS: milliseconds({ min: 100, max: 3_600_000 }).default(60_000),
  })
  .transform((variables) => ({
    logLevel: variables.LOG_LEVEL,
    shutdownTimeoutMs: variables.SHUTDOWN_TIMEOUT_MS,
  }));

/** Reads them, all as their defaults when one is bad: `readEnvironment` reports it together with all others. */
export function readProcessSettings(env: Environment): ProcessSettings {
  return processVariables.safeParse(setVariables(env)).data ?? processVariables.parse({});
}
