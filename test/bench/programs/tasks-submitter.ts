// Submits no-op tasks with the engine, as many at a time as it is told.
import { startTelemetry } from "@linecook/telemetry";
import { connect } from "nats";
import { answer, orders, ready } from "../../program.ts";
import { noop, noopInput } from "../noop.ts";
import { spread } from "../spread.ts";

await using stack = new AsyncDisposableStack();
stack.use(await startTelemetry("bench-submitter", process.env));
const { TaskClient } = await import("@linecook/tasks");
const connection = await connect({ servers: process.env["NATS_URL"] ?? "" });
stack.defer(() => connection.close());
const client = stack.use(await TaskClient.create(connection, { submitTimeoutMs: 30_000 }));
const { next, stop } = orders();
ready();
for (;;) {
  const count = await Promise.race([next(), stop]);
  if (count === undefined) break;
  await spread(count, (number) => client.submit(noop, noopInput(number)));
  answer();
}
