import type { NatsConnection } from "nats";

/** What can happen to a connection. */
export interface ConnectionWatch {
  onLost?: () => void;
  onBack?: () => void;
}

/** Calls back when the connection is lost and when it is there again, until it closes or the watch is disposed of. */
export function watchConnection(connection: NatsConnection, watch: ConnectionWatch): Disposable {
  const statuses = connection.status();
  void (async () => {
    for await (const status of statuses) {
      if (status.type === "disconnect") watch.onLost?.();
      else if (status.type === "reconnect") watch.onBack?.();
    }
  })();
  return {
    // The type promises no more than something to iterate; without its stop() the connection would keep it for ever.
    [Symbol.dispose]: () => (statuses as typeof statuses & { stop(): void }).stop(),
  };
}
