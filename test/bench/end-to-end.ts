import { eventsSubject } from "@linecook/protocol";
import { connect, type NatsConnection } from "nats";
import { noop } from "./noop.ts";
import { startProgram } from "./start-program.ts";

/** No-op tasks a second from submission to stored final record: submitted by one process, run by another. */
export async function endToEnd(
  natsUrl: string,
  kind: "tasks" | "bare",
  count: number,
  env: Record<string, string> = {},
): Promise<number> {
  await using _worker = await startProgram(`${kind}-worker`, { NATS_URL: natsUrl, ...env });
  await using submitter = await startProgram(`${kind}-submitter`, { NATS_URL: natsUrl, ...env });
  const connection = await connect({ servers: natsUrl });
  try {
    const warmUp = stored(connection, count / 10);
    await submitter.go(count / 10);
    await warmUp;
    const all = stored(connection, count);
    const start = performance.now();
    await Promise.all([submitter.go(count), all]);
    return count / ((performance.now() - start) / 1_000);
  } finally {
    await connection.close();
  }
}

/** Resolves when this many final records have been stored. */
async function stored(connection: NatsConnection, count: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  let left = count;
  const subscription = connection.subscribe(eventsSubject(noop.name), {
    callback: () => {
      left -= 1;
      if (left === 0) done.resolve();
    },
  });
  await connection.flush();
  await done.promise;
  subscription.unsubscribe();
}
