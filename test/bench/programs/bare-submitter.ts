// What the engine's client does on the wire, written with the bare client in the fewest lines: one publish a task.
import { randomBytes } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import { connect, headers } from "nats";
import { answer, orders, ready } from "../../program.ts";
import { noopInput } from "../noop.ts";
import { spread } from "../spread.ts";

const connection = await connect({ servers: process.env["NATS_URL"] ?? "" });
const js = jetstream(connection);
const { next, stop } = orders();
ready();
for (;;) {
  const count = await Promise.race([next(), stop]);
  if (count === undefined) break;
  await spread(count, (number) => {
    const uid = randomBytes(11).toString("hex");
    const carrier = headers();
    carrier.set("Task-Attempt", "1");
    carrier.set("Task-Submitted-At", new Date().toISOString());
    return js.publish(`task.bench_noop.normal.${uid}`, JSON.stringify(noopInput(number)), {
      msgID: `bench_noop-${uid}.1`,
      headers: carrier,
      timeout: 30_000,
    });
  });
  answer();
}
await connection.close();
