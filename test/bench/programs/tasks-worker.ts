// Runs no-op tasks with the engine, until it is told to stop.
import { setTimeout as delay } from "node:timers/promises";
import { startTelemetry } from "@linecook/telemetry";
import { connect } from "nats";
import { orders, ready } from "../../program.ts";
import { noop } from "../noop.ts";

await using stack = new AsyncDisposableStack();
stack.use(await startTelemetry("bench-worker", process.env));
const { handle, Worker } = await import("@linecook/tasks");
const connection = await connect({ servers: process.env["NATS_URL"] ?? "" });
stack.defer(() => connection.close());
const taskMs = Number(process.env["TASK_MS"] ?? 0);
const handler = handle(noop, async ({ number }) => {
  if (taskMs > 0) await delay(taskMs);
  return { number };
});
const slots = Number(process.env["SLOTS"] ?? 256);
stack.use(await Worker.start(connection, { handlers: [handler], slots, graceMs: 0, service: "bench" }));
ready();
await orders().stop;
