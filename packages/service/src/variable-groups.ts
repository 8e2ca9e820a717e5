import * as z from "zod";
import { integer, milliseconds } from "./variables.ts";

/** How to reach NATS. */
export interface NatsConfig {
  /** Each `nats://host:port`; a `tls://` one asks for TLS. */
  servers: string[];
  /** A file that holds the seed of an nkey. */
  nkeySeedFile?: string | undefined;
  /** A file with a user's JWT and seed. */
  credsFile?: string | undefined;
}

/** Where to listen for HTTP. */
export interface HttpConfig {
  host: string;
  /** 0 for any free port. */
  port: number;
}

/** How a worker runs its tasks. What is not set is left to the engine, or to the task. */
export interface WorkerConfig {
  /** How many tasks it runs at once. */
  slots?: number;
  /** How long running tasks may go on when it is told to stop. */
  graceMs?: number;
  /** How long the server waits for a sign of life before another worker gets a task. */
  ackWaitMs?: number;
}

const serverList = z.string().transform((list, context) => {
  const servers = list.split(",").map((server) => server.trim());
  if (servers.every(isNatsUrl)) return servers;
  context.addIssue({ code: "custom", message: "expected nats://host:port, or several with commas between" });
  return z.NEVER;
});

/** `NATS_URL`, `NATS_NKEY_SEED_FILE`, `NATS_CREDS_FILE`: how to reach NATS. */
export const natsVariables: z.ZodType<NatsConfig> = z
  .object({
    NATS_URL: serverList.default(["nats://127.0.0.1:4222"]),
    NATS_NKEY_SEED_FILE: z.string().optional(),
    NATS_CREDS_FILE: z.string().optional(),
  })
  .refine(hasOneKindOfCredentials, {
    path: ["NATS_CREDS_FILE"],
    message: "expected only one of this and NATS_NKEY_SEED_FILE",
    // Checked beside a variable that is bad too, so that one error names both.
    when: () => true,
  })
  .transform((variables) => ({
    servers: variables.NATS_URL,
    nkeySeedFile: variables.NATS_NKEY_SEED_FILE,
    credsFile: variables.NATS_CREDS_FILE,
  }));

/** `HTTP_HOST` and `HTTP_PORT`: where to listen for HTTP, by default on loopback, port 8000. */
export const httpVariables: z.ZodType<HttpConfig> = z
  .object({
    HTTP_HOST: z.string().default("127.0.0.1"),
    HTTP_PORT: integer({ min: 0, max: 65_535 }).default(8000),
  })
  .transform((variables) => ({ host: variables.HTTP_HOST, port: variables.HTTP_PORT }));

/** `WORKER_SLOTS`, `WORKER_GRACE_MS` and `WORKER_ACK_WAIT_MS`: how a worker runs its tasks. */
export const workerVariables: z.ZodType<WorkerConfig> = z
  .object({
    WORKER_SLOTS: integer({ min: 1, max: 10_000 }).optional(),
    WORKER_GRACE_MS: milliseconds({ min: 0, max: 3_600_000 }).optional(),
    WORKER_ACK_WAIT_MS: milliseconds({ min: 500, max: 30_000 }).optional(),
  })
  .transform(({ WORKER_SLOTS: slots, WORKER_GRACE_MS: graceMs, WORKER_ACK_WAIT_MS: ackWaitMs }) => ({
    ...(slots !== undefined && { slots }),
    ...(graceMs !== undefined && { graceMs }),
    ...(ackWaitMs !== undefined && { ackWaitMs }),
  }));

function hasOneKindOfCredentials(variables: { NATS_NKEY_SEED_FILE?: unknown; NATS_CREDS_FILE?: unknown }) {
  return !(variables.NATS_NKEY_SEED_FILE && variables.NATS_CREDS_FILE);
}

function isNatsUrl(server: string): boolean {
  const url = URL.parse(server.includes("://") ? server : `nats://${server}`);
  return url !== null && (url.protocol === "nats:" || url.protocol === "tls:") && url.hostname !== "";
}
