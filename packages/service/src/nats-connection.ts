import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "@linecook/telemetry";
import { type ConnectionOptions, connect, errors, type NatsConnection } from "nats";
import { credentials } from "./nats-credentials.ts";
import { NatsError } from "./nats-error.ts";
import { followConnection } from "./nats-events.ts";
import { requireUsableServer } from "./nats-server-check.ts";
import type { NatsConfig } from "./variable-groups.ts";

/** What {@link connectNats} needs besides the address. */
export interface ConnectOptions {
  /** The name that NATS shows for this connection: `gateway`. */
  name: string;
  logger: Logger;
  /** Ends the wait for a first connection: aborted when the process is told to stop. */
  signal?: AbortSignal;
  /** Where replies to this service arrive, so that its rights can be narrowed to them. @default "_INBOX" */
  inboxPrefix?: string;
}

/** A connection to NATS that comes back by itself. Disposing it sends what is left and closes it. */
export interface NatsLink extends AsyncDisposable {
  readonly connection: NatsConnection;
  /** Whether the connection is up at this moment. */
  readonly connected: boolean;
}

const retryMs = 250;
const remindEveryMs = 5_000;
const drainLimitMs = 3_000;

/**
 * Connects to NATS and stays connected: waits for a server that is not there yet, and reconnects for ever, with
 * a log line for each thing that happens.
 *
 * Throws `NatsError` for what waiting does not mend: a server older than 2.14 or without JetStream, credentials
 * that cannot be read or that the server refuses. Throws the signal's reason when that is aborted first.
 */
export async function connectNats(config: NatsConfig, options: ConnectOptions): Promise<NatsLink> {
  const connection = await firstConnection(connectionOptions(config, options), options);
  try {
    requireUsableServer(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const link = followConnection(connection, options.logger);
  void connection.closed().then((err) => {
    if (err) options.logger.error({ err }, "the connection to NATS has ended for good: restart this service");
  });
  options.logger.info(
    { server: connection.getServer(), version: connection.info?.version },
    "connected to NATS",
  );
  return {
    connection,
    get connected() {
      return link.connected;
    },
    [Symbol.asyncDispose]: () => close(connection, link.connected, options.logger),
  };
}

function connectionOptions(config: NatsConfig, options: ConnectOptions): ConnectionOptions {
  return {
    servers: config.servers.map((server) => server.replace(/^.*@/, "")),
    name: options.name,
    authenticator: credentials(config),
    ...(config.servers.some((server) => server.startsWith("tls://")) && { tls: {} }),
    ...(options.inboxPrefix && { inboxPrefix: options.inboxPrefix }),
    timeout: 5_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    reconnectJitter: retryMs,
    reconnectJitterTLS: retryMs,
    // A key that is refused while it is rotated must not end a service that had worked with it.
    ignoreAuthErrorAbort: true,
    pingInterval: 10_000,
    maxPingOut: 2,
  };
}

async function firstConnection(
  settings: ConnectionOptions,
  options: ConnectOptions,
): Promise<NatsConnection> {
  const { logger, signal } = options;
  let lastReminder = 0;
  while (true) {
    signal?.throwIfAborted();
    try {
      return await connect(settings);
    } catch (error) {
      if (error instanceof errors.AuthorizationError) throw refused(settings, error);
      if (Date.now() - lastReminder >= remindEveryMs) {
        lastReminder = Date.now();
        logger.warn({ servers: settings.servers, reason: reasonOf(error) }, "waiting for NATS");
      }
    }
    await wait(retryMs + Math.random() * retryMs, undefined, { signal }).catch(() => {});
  }
}

async function close(connection: NatsConnection, connected: boolean, logger: Logger): Promise<void> {
  if (connection.isClosed()) return;
  // A lost connection has nobody to send the rest to: draining it would wait for ever.
  if (!connected) return connection.close();
  const late = setTimeout(() => {
    logger.warn("NATS did not take the last messages in time: closing without them");
    void connection.close();
  }, drainLimitMs);
  connection.drain().catch(() => connection.close());
  await connection.closed();
  clearTimeout(late);
}

function refused(settings: ConnectionOptions, cause: Error): NatsError {
  const message = `NATS at ${settings.servers} refuses this user: check NATS_NKEY_SEED_FILE, NATS_CREDS_FILE or the user in NATS_URL`;
  return new NatsError("nats_not_authorized", message, { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
