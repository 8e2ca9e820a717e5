import { type Environment, integer, readEnvironment } from "@linecook/service";
import { logLevels } from "@linecook/telemetry";
import * as z from "zod";

const variables = z
  .object({
    NATS_URL: z.string().optional(),
    HTTP_PORT: integer({ min: 0, max: 65_535 }).optional(),
    SMTP_URL: z.string().optional(),
    SHIPMENTS: z.string().optional(),
    LOG_LEVEL: z.enum(logLevels, { error: `expected one of ${logLevels.join(", ")}` }).optional(),
  })
  .transform((set) => ({
    natsUrl: set.NATS_URL,
    httpPort: set.HTTP_PORT,
    smtpUrl: set.SMTP_URL,
    shipments: set.SHIPMENTS,
    logLevel: set.LOG_LEVEL,
  }));

export type StartConfig = z.output<typeof variables>;

/** Reads what `start` itself needs to know; the services read the same environment for themselves. */
export function readConfig(env: Environment): StartConfig {
  return readEnvironment({ start: variables }, env).start;
}
