import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Environment,
  httpVariables,
  integer,
  natsVariables,
  readEnvironment,
  workerVariables,
} from "@linecook/service";
import * as z from "zod";

const duckVariables = z
  .object({
    DUCKDB_MEMORY_MB: integer({ min: 256, max: 1_048_576 }).default(512),
    DUCKDB_THREADS: integer({ min: 1, max: 256 }).default(2),
    DUCKDB_TEMP_DIR: z.string().default(tmpdir()),
  })
  .transform((variables) => ({
    memoryMb: variables.DUCKDB_MEMORY_MB,
    threads: variables.DUCKDB_THREADS,
    tempDirectory: variables.DUCKDB_TEMP_DIR,
  }));

const sourceVariables = z
  .object({
    SHIPMENTS: z.string().optional(),
    XDG_CACHE_HOME: z.string().default(join(homedir(), ".cache")),
  })
  .transform((variables) => ({
    shipments: variables.SHIPMENTS,
    sampleDirectory: join(variables.XDG_CACHE_HOME, "linecook", "sample"),
  }));

const reportVariables = z
  .object({
    REPORT_CURRENCY: z
      .string()
      .regex(/^[A-Z]{3}$/, "expected three letters, such as EUR")
      .default("EUR"),
  })
  .transform((variables) => ({ currency: variables.REPORT_CURRENCY }));

const groups = {
  nats: natsVariables,
  http: httpVariables,
  worker: workerVariables,
  duck: duckVariables,
  source: sourceVariables,
  report: reportVariables,
};

export type ReportWorkerConfig = ReturnType<typeof readConfig>;

export function readConfig(env: Environment) {
  return readEnvironment(groups, env);
}
