import type { NatsConnection } from "nats";
import { expect, it } from "vitest";
import { Intake } from "./intake.ts";

/** A connection whose subscriptions end when they are told to. */
function slowConnection() {
  const draining: (() => void)[] = [];
  const connection = {
    options: {},
    isClosed: () => false,
    publish: () => {},
    subscribe: () => ({ drain: () => new Promise<void>((resolve) => draining.push(resolve)) }),
    status: () => ({
      stop: () => {},
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true }) }),
    }),
  };
  return { connection: connection as unknown as NatsConnection, draining };
}

it("ends only when what was on its way to a pull that it withdrew has come", async () => {
  const { connection, draining } = slowConnection();
  const full = Promise.withResolvers<void>();
  const intake = new Intake({
    connection,
    groups: [],
    free: () => 0,
    onMessage: () => {},
    onFullHouse: full.resolve,
    onTrouble: () => {},
  });
  intake.notify();
  await full.promise;
  const [withdrawn] = draining.splice(0);
  let ended = false;
  const ending = intake[Symbol.asyncDispose]().then(() => {
    ended = true;
  });
  for (const drained of draining) drained();
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  withdrawn?.();
  await ending;
});
