import { isIP } from "node:net";
import { inputHeadroomBytes } from "@linecook/protocol";
import {
  type Environment,
  httpVariables,
  integer,
  milliseconds,
  natsVariables,
  readEnvironment,
} from "@linecook/service";
import * as z from "zod";

/** What NATS takes unless it is told otherwise, less what an input must leave free. */
const largestBodyBytes = 1_048_576 - inputHeadroomBytes;

const limitVariables = z
  .object({
    MAX_BODY_BYTES: integer({ min: 1_024, max: 67_108_864 }).default(largestBodyBytes),
    MAX_CONNECTIONS: integer({ min: 1, max: 1_000_000 }).default(10_000),
    MAX_WAIT_MS: milliseconds({ min: 0, max: 600_000 }).default(60_000),
    MAX_WAITING: integer({ min: 0, max: 100_000 }).default(2_000),
    MAX_STREAMS: integer({ min: 0, max: 100_000 }).default(1_000),
    MAX_STREAMS_PER_CLIENT: integer({ min: 0, max: 100_000 }).default(50),
    MAX_DOWNLOADS: integer({ min: 0, max: 10_000 }).default(32),
    TRUSTED_PROXIES: z
      .string()
      .transform((list) => list.split(",").map((proxy) => proxy.trim()))
      .refine(
        (proxies) => proxies.every(isNetwork),
        "expected 10.0.0.1 or 10.0.0.0/8, or several with commas between",
      )
      .optional(),
  })
  .transform((variables) => ({
    bodyBytes: variables.MAX_BODY_BYTES,
    connections: variables.MAX_CONNECTIONS,
    waitMs: variables.MAX_WAIT_MS,
    waiting: variables.MAX_WAITING,
    streams: variables.MAX_STREAMS,
    streamsPerClient: variables.MAX_STREAMS_PER_CLIENT,
    downloads: variables.MAX_DOWNLOADS,
    trustedProxies: variables.TRUSTED_PROXIES,
  }));

const eventVariables = z
  .object({
    SSE_HEARTBEAT_MS: milliseconds({ min: 100, max: 3_600_000 }).default(15_000),
    SSE_STALL_MS: milliseconds({ min: 100, max: 3_600_000 }).default(60_000),
  })
  .transform((variables) => ({
    heartbeatMs: variables.SSE_HEARTBEAT_MS,
    stallMs: variables.SSE_STALL_MS,
  }));

const groups = { nats: natsVariables, http: httpVariables, limits: limitVariables, events: eventVariables };

export type GatewayConfig = ReturnType<typeof readConfig>;

export function readConfig(env: Environment) {
  return readEnvironment(groups, env);
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
