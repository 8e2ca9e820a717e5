// Runs no-op tasks with the engine, until it is told to stop.
import { startTelemetry } from "@linecook/telemetry";
import { connect } from "nats";
import { orders, ready } from "../../program.ts";
import { noop } from "../noop.ts";

await using stack = new AsyncDisposableStack();
stack.use(await startTelemetry("bench-worker", process.env));
const { handle, Worker } = await import("@linecook/tasks");
const connection = await connect({ servers: process.env["NATS_URL"] ?? "" });
stack.defer(() => connection.close());
const handler = handle(noop, ({ number }) => ({ number }));
stack.use(await Worker.start(connection, { handlers: [handler], slots: 256, service: "bench" }));
ready();
await orders().stop;
