import type { NatsConnection } from "nats";

interface Insides {
  protocol: { subscriptions: { size(): number }; listeners: unknown[] };
}

/** How many subscriptions and listeners for its status a connection has: what was made on it must take them along. */
export function subscriptionsOf(connection: NatsConnection): { subscriptions: number; listeners: number } {
  const { subscriptions, listeners } = (connection as unknown as Insides).protocol;
  return { subscriptions: subscriptions.size(), listeners: listeners.length };
}

/** How many timers keep this process alive. */
export function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
