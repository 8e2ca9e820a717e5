import type { NatsConnection } from "nats";

/** The inbox prefix that the connection was made with: its user may be allowed no other. */
export function inboxPrefix(connection: NatsConnection): string | undefined {
  return (connection as { options?: { inboxPrefix?: string } }).options?.inboxPrefix;
}
