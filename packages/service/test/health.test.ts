import { startHealthServer } from "@linecook/service";
import { silentLogger } from "@linecook/telemetry";
import { describe, expect, it } from "vitest";

const logger = silentLogger();
const anyPort = { host: "127.0.0.1", port: 0, logger };

async function ask(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

describe("the health endpoint", () => {
  it("is alive and ready as long as ready() does not throw", async () => {
    await using health = await startHealthServer({ ...anyPort, ready: async () => {} });
    expect(await ask(`${health.url}/healthz`)).toEqual({ status: 200, body: { alive: true } });
    expect(await ask(`${health.url}/readyz?verbose`)).toEqual({ status: 200, body: { ready: true } });
  });

  it("is alive but not ready, with the reason, when ready() throws", async () => {
    const ready = () => {
      throw new Error("not connected to NATS");
    };
    await using health = await startHealthServer({ ...anyPort, ready });
    expect((await ask(`${health.url}/healthz`)).status).toBe(200);
    expect(await ask(`${health.url}/readyz`)).toEqual({
      status: 503,
      body: { ready: false, reason: "not connected to NATS" },
    });
  });

  it("is not ready within two seconds when ready() never answers", async () => {
    await using health = await startHealthServer({ ...anyPort, ready: () => new Promise(() => {}) });
    const askedAt = Date.now();
    const { status, body } = await ask(`${health.url}/readyz`);
    expect({ status, body }).toEqual({
      status: 503,
      body: { ready: false, reason: "no answer within 2000 ms" },
    });
    expect(Date.now() - askedAt).toBeLessThan(3_000);
  });

  it("knows no other path", async () => {
    await using health = await startHealthServer({ ...anyPort, ready: () => {} });
    expect((await ask(`${health.url}/`)).status).toBe(404);
  });

  it("says so when its port is taken", async () => {
    await using health = await startHealthServer({ ...anyPort, ready: () => {} });
    const second = startHealthServer({ ...anyPort, port: health.port, ready: () => {} });
    await expect(second).rejects.toThrow(/EADDRINUSE/);
  });
});
