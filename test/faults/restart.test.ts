import { setTimeout as delay } from "node:timers/promises";
import { startService } from "@linecook/local";
import { NatsServer } from "@linecook/nats-server";
import { provision } from "@linecook/tasks";
import { connect } from "nats";
import { expect, it } from "vitest";
import { Program } from "../program.ts";
import { startAudit, untilEnded } from "./audit.ts";
import { chore } from "./chore.ts";
import { startLoad } from "./load.ts";

const workerFile = new URL("./programs/chore-worker.ts", import.meta.url);

it("loses nothing and ends nothing twice when NATS is killed under load and comes back on its store", async () => {
  await using broker = await NatsServer.start();
  const connection = await connect({ servers: broker.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => connection.close());
  await provision(connection, { tasks: [chore] });
  await startAudit(connection);
  const env = { NATS_URL: broker.url, LOG_LEVEL: "error" };
  stack.use(await Program.start(workerFile, env));
  stack.use(await Program.start(workerFile, env));
  const gateway = stack.use(startService("gateway", { NATS_URL: broker.url }));
  await gateway.ready;

  const load = startLoad(
    () => gateway.url,
    chore.name,
    () => ({ ms: Math.floor(Math.random() * 300) }),
  );
  for (let kill = 0; kill < 3; kill += 1) {
    const before = load.accepted.size;
    await expect.poll(() => load.accepted.size, { timeout: 20_000 }).toBeGreaterThan(before + 200);
    await broker.kill();
    await delay(300);
    await broker.restart();
  }
  const before = load.accepted.size;
  await expect.poll(() => load.accepted.size, { timeout: 20_000 }).toBeGreaterThan(before + 200);
  await load.stop();

  const accepted = [...load.accepted];
  const audit = await untilEnded(connection, accepted, 30_000);
  expect(accepted.length).toBeGreaterThan(800);
  expect([...audit].filter(([, { ends }]) => ends !== 1)).toEqual([]);
  expect([...audit.values()].filter(({ record }) => record.state !== "succeeded")).toEqual([]);
});
