import type { Logger } from "@linecook/telemetry";
import { errors, type NatsConnection } from "nats";
import { requireUsableServer } from "./nats-server-check.ts";

const remindEveryMs = 10_000;

/** Whether a connection is up, as its own events tell. */
export interface LinkState {
  connected: boolean;
}

/** Logs what happens to a connection until it is closed, a line for each thing, and keeps its state. */
export function followConnection(connection: NatsConnection, logger: Logger): LinkState {
  const state = { connected: true };
  void follow(connection, logger, state);
  return state;
}

async function follow(connection: NatsConnection, logger: Logger, state: LinkState): Promise<void> {
  let awaySince = 0;
  let reminded = 0;
  for await (const status of connection.status()) {
    switch (status.type) {
      case "disconnect":
        state.connected = false;
        awaySince = reminded = Date.now();
        logger.warn({ server: status.server }, "lost the connection to NATS, connecting anew");
        break;
      case "reconnecting":
        if (Date.now() - reminded < remindEveryMs) break;
        reminded = Date.now();
        logger.warn({ away_ms: reminded - awaySince }, "still no connection to NATS, trying on");
        break;
      case "reconnect":
        state.connected = true;
        logger.info({ server: status.server, away_ms: Date.now() - awaySince }, "connected to NATS again");
        warnOfUnusableServer(connection, logger);
        break;
      case "ldm":
        logger.warn({ server: status.server }, "the NATS server is about to stop, another one will do");
        break;
      case "staleConnection":
        logger.warn("NATS does not answer pings");
        break;
      case "error":
        logError(status.error, logger);
        break;
      case "close":
        state.connected = false;
        break;
    }
  }
}

// Another server of a cluster, or a new version, may answer than the one that was checked at the start.
function warnOfUnusableServer(connection: NatsConnection, logger: Logger): void {
  try {
    requireUsableServer(connection);
  } catch (error) {
    logger.error(error instanceof Error ? error.message : String(error));
  }
}

function logError(err: Error, logger: Logger): void {
  if (err instanceof errors.PermissionViolationError) {
    const { operation, subject } = err;
    logger.error(
      { operation, subject },
      `NATS does not permit this ${operation}: give its user the right to it`,
    );
  } else logger.error({ err }, "NATS reported an error");
}
