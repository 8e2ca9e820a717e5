import type { NatsConnection } from "nats";
import { expect } from "vitest";

interface Insides {
  protocol: { subscriptions: { size(): number }; listeners: unknown[] };
}

/** What is there at a moment: subscriptions and status listeners of a connection, and timers of this process. */
export interface Left {
  subscriptions: number;
  listeners: number;
  timers: number;
}

/** What is there now. */
export function leftOn(connection: NatsConnection): Left {
  const { subscriptions, listeners } = (connection as unknown as Insides).protocol;
  const timers = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  return { subscriptions: subscriptions.size(), listeners: listeners.length, timers };
}

/** What is there once the connection has its one inbox for requests, which stays as long as it does. */
export async function leftWithInbox(connection: NatsConnection): Promise<Left> {
  await connection.request("nobody.answers").catch(() => {});
  return leftOn(connection);
}

/** Fails when there is more than before. Timers of others may come to their end meanwhile. */
export async function expectNoMore(connection: NatsConnection, before: Left): Promise<void> {
  const more = () => {
    const now = leftOn(connection);
    return { ...now, timers: Math.max(0, now.timers - before.timers) };
  };
  await expect.poll(more).toEqual({ ...before, timers: 0 });
}
