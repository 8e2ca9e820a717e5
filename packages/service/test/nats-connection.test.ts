import { NatsServer } from "@linecook/nats-server";
import { connectNats } from "@linecook/service";
import { silentLogger } from "@linecook/telemetry";
import type { NatsConnection } from "nats";
import { describe, expect, it, vi } from "vitest";
import { FakeNatsServer } from "./fake-nats-server.ts";

function recordingOptions() {
  const logger = silentLogger();
  return { name: "test", logger, warn: vi.spyOn(logger, "warn"), info: vi.spyOn(logger, "info") };
}

function countTries(connection: NatsConnection): { count: number } {
  const tries = { count: 0 };
  void (async () => {
    for await (const { type } of connection.status()) if (type === "reconnecting") tries.count += 1;
  })();
  return tries;
}

const patiently = { timeout: 10_000, interval: 20 };

describe("a connection to NATS", () => {
  it("comes back however long the server is away, and says how long it was away", async () => {
    await using server = await NatsServer.start();
    const options = recordingOptions();
    await using link = await connectNats({ servers: [server.url] }, options);
    expect(link.connected).toBe(true);
    const tries = countTries(link.connection);

    await server.stop();
    await vi.waitFor(() => expect(link.connected).toBe(false), patiently);
    expect(options.warn).toHaveBeenCalledWith(
      expect.anything(),
      expect.stringContaining("lost the connection"),
    );
    await vi.waitFor(() => expect(tries.count).toBeGreaterThan(2), patiently);
    await server.restart();
    await vi.waitFor(() => expect(link.connected).toBe(true), patiently);

    const again = { away_ms: expect.any(Number) };
    expect(options.info).toHaveBeenCalledWith(expect.objectContaining(again), "connected to NATS again");
    await expect(link.connection.rtt()).resolves.toBeGreaterThanOrEqual(0);
  });

  it("waits for a server that comes later, without a line for each try", async () => {
    await using server = await NatsServer.start();
    await server.stop();
    const options = recordingOptions();
    const connecting = connectNats({ servers: [server.url] }, options);
    await vi.waitFor(() => expect(options.warn).toHaveBeenCalled(), patiently);
    await server.restart();
    await using link = await connecting;
    expect(link.connected).toBe(true);
    expect(options.warn.mock.calls).toEqual([
      [expect.objectContaining({ reason: "connection refused" }), "waiting for NATS"],
    ]);
  });

  it("stops waiting when it is told to", async () => {
    const stopping = new AbortController();
    const options = { ...recordingOptions(), signal: stopping.signal };
    const connecting = connectNats({ servers: ["nats://127.0.0.1:1"] }, options);
    stopping.abort(new Error("stopping"));
    await expect(connecting).rejects.toThrow("stopping");
  });

  it("sends what is left before it closes", async () => {
    await using server = await NatsServer.start();
    await using listener = await connectNats({ servers: [server.url] }, recordingOptions());
    const heard = listener.connection.subscribe("last.words", { max: 1 });
    await listener.connection.flush();
    const speaker = await connectNats({ servers: [server.url] }, recordingOptions());
    speaker.connection.publish("last.words", "bye");
    await speaker[Symbol.asyncDispose]();
    for await (const message of heard) expect(message.string()).toBe("bye");
    expect(speaker.connected).toBe(false);
  });

  it("closes at once while it is away", async () => {
    await using server = await NatsServer.start();
    const link = await connectNats({ servers: [server.url] }, recordingOptions());
    link.connection.subscribe("anything");
    await server.kill();
    await vi.waitFor(() => expect(link.connected).toBe(false), patiently);
    const startedAt = Date.now();
    await link[Symbol.asyncDispose]();
    expect(Date.now() - startedAt).toBeLessThan(500);
    expect(link.connection.isClosed()).toBe(true);
  });

  it("closes within seconds when the server has fallen silent", async () => {
    await using server = await FakeNatsServer.start({ version: "2.15.1", jetstream: true });
    const options = recordingOptions();
    const link = await connectNats({ servers: [server.url] }, options);
    server.fallSilent();
    const startedAt = Date.now();
    await link[Symbol.asyncDispose]();
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(options.warn).toHaveBeenCalledWith(expect.stringContaining("did not take the last messages"));
  });

  it.each(["2.14.0", "2.15.0-dev", "3.0.0"])("takes a server of version %s", async (version) => {
    await using server = await FakeNatsServer.start({ version, jetstream: true });
    await using link = await connectNats({ servers: [server.url] }, recordingOptions());
    expect(link.connected).toBe(true);
  });

  it("says which right is missing when the server does not permit something", async () => {
    const config = {
      authorization: { users: [{ user: "me", password: "pw", permissions: { publish: "allowed" } }] },
    };
    await using server = await NatsServer.start({ config });
    const options = recordingOptions();
    const error = vi.spyOn(options.logger, "error");
    await using link = await connectNats({ servers: [server.url.replace("//", "//me:pw@")] }, options);
    link.connection.publish("forbidden");
    const what = { operation: "publish", subject: "forbidden" };
    await vi.waitFor(() =>
      expect(error).toHaveBeenCalledWith(what, expect.stringContaining("does not permit")),
    );
  });
});

describe("a server that cannot be used", () => {
  it.each(["2.10.0", "2.13.9-beta", "1.99.0"])("is refused when its version is %s", async (version) => {
    await using server = await FakeNatsServer.start({ version, jetstream: true });
    await expect(connectNats({ servers: [server.url] }, recordingOptions())).rejects.toMatchObject({
      code: "nats_server_too_old",
      message: expect.stringMatching(`version ${version}, and 2.14 or newer is needed: upgrade it`),
    });
  });

  it("is refused when it runs without JetStream", async () => {
    await using server = await FakeNatsServer.start({ version: "2.15.1", jetstream: false });
    await expect(connectNats({ servers: [server.url] }, recordingOptions())).rejects.toMatchObject({
      code: "nats_jetstream_disabled",
      message: expect.stringContaining("start it with --jetstream"),
    });
  });
});
