import type { NatsConnection } from "nats";

/** What can happen to a connection. */
export interface ConnectionWatch {
  onLost?: () => void;
  onBack?: () => void;
}

/** Calls back when the connection is lost and when it is there again, until it closes. */
export function watchConnection(connection: NatsConnection, watch: ConnectionWatch): void {
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") watch.onLost?.();
      else if (status.type === "reconnect") watch.onBack?.();
    }
  })();
}
