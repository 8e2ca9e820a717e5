import { startService } from "@linecook/local";
import { NatsServer } from "@linecook/nats-server";
import { describe, expect, it } from "vitest";

describe("a service as a process", () => {
  it("tells where it answers once it is ready, and ends in order when it is disposed", async () => {
    await using nats = await NatsServer.start();
    await using service = startService("gateway", { NATS_URL: nats.url });
    expect(() => service.url).toThrow("wait for its `ready`");
    const url = await service.ready;
    expect(service.url).toBe(url);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(await service.logged("stopped")).toMatchObject({ level: "info", service: "gateway" });
  });

  it("rejects its ready with its last words when it ends before that", async () => {
    await using service = startService("gateway", { NATS_URL: "http://nowhere" });
    await expect(service.ready).rejects.toThrow(
      /gateway ended \(exit code 1\).*NATS_URL is "http:\/\/nowhere"/s,
    );
    expect(await service.exited).toEqual({ code: 1, signal: null });
  });

  it("rejects its ready when that is late", async () => {
    const env = { NATS_URL: "nats://127.0.0.1:1" };
    await using service = startService("gateway", env, { readyTimeoutMs: 500 });
    await expect(service.ready).rejects.toThrow('did not log "ready" within 500 ms');
  });

  it("tells the signal that ended it", async () => {
    await using service = startService("gateway", { NATS_URL: "nats://127.0.0.1:1" });
    service.kill();
    expect(await service.exited).toEqual({ code: null, signal: "SIGKILL" });
  });
});
