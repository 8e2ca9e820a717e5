import { existsSync } from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, test } from "vitest";
import { NatsServer } from "../src/index.ts";

test("keeps what JetStream stored, its ports and its folder over a restart", async () => {
  await using server = await NatsServer.start();
  const { port, url, monitorUrl, storeDir } = server;
  const nc = await connect({ servers: url });
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: "KEPT", subjects: ["kept"] });
  await jetstream(nc).publish("kept", "still here");
  await nc.close();

  await server.restart();

  expect(server).toMatchObject({ port, url, monitorUrl, storeDir });
  const again = await connect({ servers: url });
  const message = await (await jetstreamManager(again)).streams.getMessage("KEPT", { last_by_subj: "kept" });
  expect(message?.string()).toBe("still here");
  await again.close();
  await server[Symbol.asyncDispose]();
  expect(existsSync(storeDir)).toBe(false);
});
