// A worker process for the fault tests, run as the services are: it stops in order on SIGTERM.
import { setTimeout as delay } from "node:timers/promises";
import { connectNats, natsVariables, readEnvironment, run } from "@linecook/service";
import { handle, Worker } from "@linecook/tasks";
import { ready } from "../../program.ts";
import { chore } from "../chore.ts";

await run("chore-worker", process.env, async ({ logger, signal }) => {
  await using stack = new AsyncDisposableStack();
  const { nats } = readEnvironment({ nats: natsVariables }, process.env);
  const { connection } = stack.use(await connectNats(nats, { name: "chore-worker", logger, signal }));
  const handler = handle(chore, async ({ ms }, context) => {
    if (ms > 0) await delay(ms, undefined, { signal: context.signal });
    return { ms };
  });
  const graceMs = Number(process.env["GRACE_MS"] ?? 5_000);
  stack.use(
    await Worker.start(connection, { handlers: [handler], slots: 32, graceMs, logger, service: "chore" }),
  );
  ready();
  return stack.move();
});
