import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, it } from "vitest";
import { NatsCluster } from "../src/index.ts";

it("goes on with two of three servers, and takes the third back", async () => {
  await using cluster = await NatsCluster.start();
  const leader = await cluster.leader();
  const nc = await connect({ servers: cluster.urls, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: "KEPT", subjects: ["kept"], num_replicas: 3 });
  await jetstream(nc).publish("kept", "1");

  await leader?.kill();
  await cluster.ready();

  expect(await cluster.leader()).not.toBe(leader);
  const publish = () => jetstream(nc).publish("kept", "2", { msgID: "2" });
  await expect.poll(() => publish().then((ack) => ack.seq, String), { timeout: 20_000 }).toBe(2);

  await leader?.restart();
  await cluster.ready();
  const healed = async () =>
    (await manager.streams.info("KEPT")).cluster?.replicas?.map((replica) => replica.current);
  await expect.poll(() => healed().catch(String), { timeout: 20_000 }).toEqual([true, true]);
  await nc.close();
});

it("takes streams with replicas as soon as it has started", async () => {
  await using cluster = await NatsCluster.start({ name: "quick", syncInterval: "always" });
  const nc = await connect({ servers: cluster.urls });
  const { config } = await (await jetstreamManager(nc)).streams.add({
    name: "NOW",
    subjects: ["now"],
    num_replicas: 3,
  });
  expect(config.num_replicas).toBe(3);
  expect(cluster.servers.map((server) => server.name)).toEqual(["quick-1", "quick-2", "quick-3"]);
  await nc.close();
});
