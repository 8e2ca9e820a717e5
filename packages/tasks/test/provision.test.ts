import { NatsCluster, NatsServer } from "@linecook/nats-server";
import { names } from "@linecook/protocol";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { provision } from "../src/index.ts";
import { connectTo } from "./engine.ts";

const tasks = [{ name: "make_tea", ackWaitMs: 5_000 }];
const all = ["TASKS", "DEAD", "KV_task_state", "KV_task_types", "KV_workers", "OBJ_artifacts"];
const consumers = ["make_tea-high", "make_tea-normal", "make_tea-low"];

let server: NatsServer;
let connection: NatsConnection;

beforeAll(async () => {
  server = await NatsServer.start();
  connection = await connectTo(server);
});

afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  const manager = await jetstreamManager(connection);
  for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
});

const summary = (changes: Awaited<ReturnType<typeof provision>>) =>
  Object.fromEntries(changes.map(({ name, change }) => [name, change]));
const each = (names: readonly string[], change: string) =>
  Object.fromEntries(names.map((name) => [name, change]));

describe("provision", () => {
  it("makes what is missing, and says so", async () => {
    expect(summary(await provision(connection, { tasks }))).toEqual(each([...all, ...consumers], "created"));
    const manager = await jetstreamManager(connection);
    expect((await manager.streams.info(names.tasks)).config).toMatchObject({
      retention: "workqueue",
      allow_msg_schedules: true,
      allow_msg_ttl: true,
      num_replicas: 1,
    });
    expect((await manager.consumers.info(names.tasks, "make_tea-high")).config).toMatchObject({
      filter_subject: "task.make_tea.high.*",
      ack_policy: "explicit",
      ack_wait: 5_000_000_000,
      max_deliver: -1,
      max_ack_pending: -1,
    });
  });

  it("changes nothing the second time", async () => {
    await provision(connection, { tasks });
    const changes = await provision(connection, { tasks });
    expect(summary(changes)).toEqual(each([...all, ...consumers], "unchanged"));
    expect(changes.flatMap(({ details }) => details)).toEqual([]);
  });

  it("does no harm when several do it at once", async () => {
    const rounds = await Promise.all(Array.from({ length: 5 }, () => provision(connection, { tasks })));
    expect(rounds).toHaveLength(5);
    expect(summary(await provision(connection, { tasks }))).toEqual(
      each([...all, ...consumers], "unchanged"),
    );
  });

  it("brings back what was changed, says what that was, and leaves alone what it does not plan", async () => {
    await provision(connection, { tasks });
    const manager = await jetstreamManager(connection);
    await manager.streams.update("DEAD", {
      max_age: 120_000_000_000,
      max_bytes: 1_000_000,
      description: "mine",
    });
    await manager.consumers.update(names.tasks, "make_tea-low", { ack_wait: 1_000_000_000 });
    const changes = await provision(connection, { tasks });
    expect(changes.filter(({ change }) => change === "updated")).toEqual([
      {
        name: "DEAD",
        change: "updated",
        details: [
          expect.stringMatching(/^description: "mine" → /),
          `max_age: 120000000000 → ${30 * 86_400}000000000`,
        ],
      },
      { name: "make_tea-low", change: "updated", details: ["ack_wait: 1000000000 → 5000000000"] },
    ]);
    expect((await manager.streams.info("DEAD")).config.max_bytes).toBe(1_000_000);
  });

  it.each<[string, object, RegExp]>([
    ["age", { max_age: 0 }, /max_age 0 → /],
    ["messages per subject", { max_msgs_per_subject: -1 }, /max_msgs_per_subject -1 → 1/],
    ["subjects", { subjects: ["dead.*.*", "morgue.*"] }, /subjects without morgue\.\*/],
  ])(
    "refuses to shrink a stream that holds data, and changes nothing of it: %s",
    async (_name, larger, reason) => {
      await provision(connection);
      const manager = await jetstreamManager(connection);
      await manager.streams.update("DEAD", larger);
      connection.publish("dead.make_tea.one", "kept");
      await connection.flush();
      const before = (await manager.streams.info("DEAD")).config;
      const refused = provision(connection);
      await expect(refused).rejects.toMatchObject({
        code: "shrinks_data",
        message: expect.stringMatching(reason),
      });
      await expect(refused).rejects.toThrow(/DEAD holds 1 messages/);
      expect((await manager.streams.info("DEAD")).config).toEqual(before);
      await manager.streams.purge("DEAD");
      expect(summary(await provision(connection))["DEAD"]).toBe("updated");
    },
  );

  it("keeps what waits when it updates a stream", async () => {
    await provision(connection, { tasks });
    connection.publish("task.make_tea.low.one", "{}");
    const manager = await jetstreamManager(connection);
    await manager.streams.update(names.tasks, { description: "old" });
    expect(summary(await provision(connection, { tasks }))["TASKS"]).toBe("updated");
    expect((await manager.streams.info(names.tasks)).state.messages).toBe(1);
  });
});

describe("provision on a cluster", () => {
  it("makes the copies that it is told to, and leaves them as they are when it is told nothing", async () => {
    await using cluster = await NatsCluster.start();
    const clustered = await connect({ servers: cluster.urls });
    try {
      await provision(clustered, { tasks, replicas: 3 });
      expect(summary(await provision(clustered, { tasks }))).toEqual(
        each([...all, ...consumers], "unchanged"),
      );
      const manager = await jetstreamManager(clustered);
      expect((await manager.streams.info(names.tasks)).config.num_replicas).toBe(3);
      const changes = await provision(clustered, { tasks, replicas: 1 });
      expect(changes[0]).toMatchObject({ change: "updated", details: ["num_replicas: 3 → 1"] });
    } finally {
      await clustered.close();
    }
  });
});
