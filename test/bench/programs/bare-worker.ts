// What the engine's worker does on the wire, written with the bare client in the fewest lines: a record, then an ack.
import { jetstream } from "@nats-io/jetstream";
import { connect, headers } from "nats";
import { orders, ready } from "../../program.ts";

const connection = await connect({ servers: process.env["NATS_URL"] ?? "" });
const js = jetstream(connection);
const consumer = await js.consumers.get("TASKS", "bench_noop-normal");
const messages = await consumer.consume({
  max_messages: 256,
  callback: (message) => {
    const [, task, , uid] = message.subject.split(".");
    const now = new Date().toISOString();
    const record = JSON.stringify({
      task_id: `${task}-${uid}`,
      task,
      state: "succeeded",
      attempt: 1,
      submitted_at: message.headers?.get("Task-Submitted-At"),
      worker: "bench.bare",
      started_at: now,
      finished_at: now,
      result: { number: message.json<{ number: number }>().number },
    });
    const carrier = headers();
    carrier.set("Nats-TTL", "86400s");
    void js
      .publish(`$KV.task_state.${task}.${uid}`, record, {
        headers: carrier,
        expect: { lastSubjectSequence: 0 },
      })
      .then(() => message.ack());
  },
});
ready();
await orders().stop;
await messages.close();
await connection.close();
