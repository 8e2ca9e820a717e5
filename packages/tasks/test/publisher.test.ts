import { randomBytes } from "node:crypto";
import { NatsServer } from "@linecook/nats-server";
import { headers as header } from "@linecook/protocol";
import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { headers, type Msg, type NatsConnection } from "nats";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Publisher } from "../src/index.ts";
import { connectTo } from "./engine.ts";
import { expectNoMore, leftOn } from "./leftovers.ts";

let server: NatsServer;
let connection: NatsConnection;
let stream: string;

beforeAll(async () => {
  server = await NatsServer.start();
  connection = await connectTo(server);
});

afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  stream = `s${randomBytes(4).toString("hex")}`;
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
});

const withHeader = (name: string, value: string) => {
  const carrier = headers();
  carrier.set(name, value);
  return { headers: carrier };
};

describe("a publisher", () => {
  it("gives each publish its own ack", async () => {
    await using publisher = new Publisher(connection);
    const stored = await Promise.all(
      Array.from({ length: 500 }, (_, i) => publisher.publish(`${stream}.a`, String(i))),
    );
    expect(stored.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(publisher.pending).toBe(0);
  });

  it("tells a duplicate from a new message", async () => {
    await using publisher = new Publisher(connection);
    const first = await publisher.publish(`${stream}.a`, "x", withHeader(header.messageId, "1"));
    const second = await publisher.publish(`${stream}.a`, "x", withHeader(header.messageId, "1"));
    expect(first).toEqual({ sequence: 1, duplicate: false });
    expect(second).toEqual({ sequence: 1, duplicate: true });
  });

  it("fails with conflict when the expected sequence does not hold", async () => {
    await using publisher = new Publisher(connection);
    const none = withHeader(header.expectedLastSubjectSequence, "0");
    await publisher.publish(`${stream}.a`, "x", none);
    await expect(publisher.publish(`${stream}.a`, "x", none)).rejects.toMatchObject({
      code: "conflict",
      retryable: false,
    });
  });

  it("settles each of many by its own outcome", async () => {
    await using publisher = new Publisher(connection);
    const none = withHeader(header.expectedLastSubjectSequence, "0");
    const all = Array.from({ length: 60 }, (_, i) => publisher.publish(`${stream}.${i % 30}`, "x", none));
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status === "fulfilled")).toEqual(
      Array.from({ length: 60 }, (_, i) => i < 30),
    );
  });

  it("keeps no more in flight than it may", async () => {
    await using publisher = new Publisher(connection, { maxInFlight: 7 });
    const held: Msg[] = [];
    const stream = connection.subscribe("slow.stream", { callback: (_, message) => void held.push(message) });
    const all = Promise.all(Array.from({ length: 21 }, () => publisher.publish("slow.stream", "x")));
    for (const expected of [7, 14, 21]) {
      await expect.poll(() => held.length, { interval: 1 }).toBe(expected);
      await connection.flush();
      expect(held).toHaveLength(expected);
      for (const message of held.slice(-7)) message.respond('{"seq":1}');
    }
    await all;
    stream.unsubscribe();
  });

  it("fails with timeout when no ack comes, and frees the turn of the next", async () => {
    await using publisher = new Publisher(connection, { maxInFlight: 1, timeoutMs: 5_000 });
    const silent = connection.subscribe("nobody.answers", { callback: () => {} });
    const first = publisher.publish("nobody.answers", "x", { timeoutMs: 50 });
    const second = publisher.publish(`${stream}.a`, "x");
    await expect(first).rejects.toMatchObject({ code: "timeout", retryable: true });
    await expect(second).resolves.toMatchObject({ sequence: 1 });
    silent.unsubscribe();
  });

  it("lets those that wait for their turn time out too", async () => {
    await using publisher = new Publisher(connection, { maxInFlight: 1, timeoutMs: 50 });
    const silent = connection.subscribe("nobody.answers", { callback: () => {} });
    const all = Array.from({ length: 5 }, () => publisher.publish("nobody.answers", "x"));
    const settled = await Promise.allSettled(all);
    expect(settled.every((one) => one.status === "rejected" && one.reason.code === "timeout")).toBe(true);
    expect(publisher.pending).toBe(0);
    silent.unsubscribe();
  });

  it("fails with refused when no stream takes the subject", async () => {
    await using publisher = new Publisher(connection);
    await expect(publisher.publish("no.stream.here", "x")).rejects.toMatchObject({ code: "refused" });
  });

  it("fails rather than hangs when something other than a stream answers", async () => {
    await using publisher = new Publisher(connection, { timeoutMs: 500 });
    const stranger = connection.subscribe("a.service", {
      callback: (_, message) => void message.respond("hello"),
    });
    await expect(publisher.publish("a.service", "x")).rejects.toMatchObject({ code: "refused" });
    stranger.unsubscribe();
  });

  it("refuses what is larger than the server takes, and stays connected", async () => {
    await using publisher = new Publisher(connection);
    const most = connection.info?.max_payload ?? 0;
    const tooLarge = publisher.publish(
      `${stream}.a`,
      new Uint8Array(most - 10),
      withHeader("A", "x".repeat(50)),
    );
    await expect(tooLarge).rejects.toMatchObject({ code: "payload_too_large", retryable: false });
    await expect(publisher.publish(`${stream}.a`, "x")).resolves.toMatchObject({ sequence: 1 });
    expect(publisher.pending).toBe(0);
  });

  it("fails with store_full when the stream is full", async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.update(stream, { max_msgs: 2, discard: DiscardPolicy.New });
    await using publisher = new Publisher(connection);
    await publisher.publish(`${stream}.a`, "1");
    await publisher.publish(`${stream}.a`, "2");
    await expect(publisher.publish(`${stream}.a`, "3")).rejects.toMatchObject({
      code: "store_full",
      retryable: true,
    });
  });

  it("fails with store_full when the server has no room for the stream", async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.update(stream, { max_bytes: 1_000, discard: DiscardPolicy.New });
    await using publisher = new Publisher(connection);
    await expect(publisher.publish(`${stream}.a`, new Uint8Array(2_000))).rejects.toMatchObject({
      code: "store_full",
    });
  });

  it("fails at once while the server is away, and works again when it is back", async () => {
    await using lonely = await NatsServer.start();
    await using other = await disposable(connectTo(lonely));
    await (await jetstreamManager(other.connection)).streams.add({ name: "KEPT", subjects: ["kept"] });
    await using publisher = new Publisher(other.connection);
    await publisher.publish("kept", "1");

    const lost = Promise.allSettled(Array.from({ length: 100 }, () => publisher.publish("kept", "2")));
    await lonely.kill();
    for (const one of await lost) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "disconnected" });
    }
    await expect.poll(() => publisher.publish("kept", "3").catch(({ code }) => code)).toBe("disconnected");
    const asked = performance.now();
    await expect(publisher.publish("kept", "3")).rejects.toMatchObject({ retryable: true });
    expect(performance.now() - asked).toBeLessThan(50);

    await lonely.restart();
    await expect
      .poll(() => publisher.publish("kept", "4").catch(({ code }) => code), { timeout: 10_000 })
      .toMatchObject({ duplicate: false });
  });

  it("leaves nothing behind when it is disposed of, and fails what was on its way", async () => {
    const before = leftOn(connection);
    const publisher = new Publisher(connection, { maxInFlight: 1 });
    const silent = connection.subscribe("nobody.answers", { callback: () => {} });
    const [first, second] = [
      publisher.publish("nobody.answers", "x"),
      publisher.publish("nobody.answers", "x"),
    ];
    await publisher[Symbol.asyncDispose]();
    silent.unsubscribe();
    await expect(first).rejects.toMatchObject({ code: "closed" });
    await expect(second).rejects.toMatchObject({ code: "closed" });
    await expect(publisher.publish(`${stream}.a`, "x")).rejects.toMatchObject({ code: "closed" });
    await expectNoMore(connection, before);
  });
});

async function disposable(made: Promise<NatsConnection>) {
  const connection = await made;
  return { connection, [Symbol.asyncDispose]: () => connection.close() };
}
