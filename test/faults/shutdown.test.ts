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

it("a worker or gateway that gets SIGTERM under load exits with 0, loses nothing and uses up no attempt", async () => {
  await using broker = await NatsServer.start();
  await using stack = new AsyncDisposableStack();
  const connection = await connect({ servers: broker.url });
  stack.defer(() => connection.close());
  await provision(connection, { tasks: [chore] });
  await startAudit(connection);
  // A grace that is too short for many of the tasks: some end in it, the others must go back.
  const env = { NATS_URL: broker.url, LOG_LEVEL: "error", GRACE_MS: "200" };
  let [old, other] = [await Program.start(workerFile, env), await Program.start(workerFile, env)];
  let gateway = startService("gateway", { NATS_URL: broker.url });
  stack.defer(async () => {
    await Promise.all([old[Symbol.asyncDispose](), other[Symbol.asyncDispose](), gateway.stop()]);
  });
  await gateway.ready;

  const load = startLoad(
    () => gateway.url,
    chore.name,
    () => ({ ms: Math.floor(Math.random() * 800) }),
    { clients: 4, pauseMs: 30 },
  );
  for (let round = 0; round < 4; round += 1) {
    const before = load.accepted.size;
    await expect.poll(() => load.accepted.size, { timeout: 20_000 }).toBeGreaterThan(before + 100);
    const next = await Program.start(workerFile, env);
    expect(await old.end("SIGTERM")).toBe(0);
    [old, other] = [other, next];
  }
  const nextGateway = startService("gateway", { NATS_URL: broker.url });
  await nextGateway.ready;
  const oldGateway = gateway;
  gateway = nextGateway;
  oldGateway.kill("SIGTERM");
  expect(await oldGateway.exited).toEqual({ code: 0, signal: null });
  const before = load.accepted.size;
  await expect.poll(() => load.accepted.size, { timeout: 20_000 }).toBeGreaterThan(before + 100);
  await load.stop();

  const audit = await untilEnded(connection, [...load.accepted], 30_000);
  expect([...audit].filter(([, { ends }]) => ends !== 1)).toEqual([]);
  expect(
    [...audit.values()].filter(({ record }) => record.state !== "succeeded" || record.attempt !== 1),
  ).toEqual([]);
});
