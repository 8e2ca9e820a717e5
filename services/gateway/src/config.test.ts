import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("has a default for everything", () => {
  expect(readConfig({})).toEqual({
    nats: { servers: ["nats://127.0.0.1:4222"] },
    http: { host: "127.0.0.1", port: 8000 },
    limits: {
      bodyBytes: 1_040_384,
      connections: 10_000,
      waitMs: 60_000,
      waiting: 2_000,
      streams: 1_000,
      streamsPerClient: 50,
      downloads: 32,
    },
    events: { heartbeatMs: 15_000, stallMs: 60_000 },
  });
});

it("takes proxies as addresses and networks", () => {
  const { limits } = readConfig({ TRUSTED_PROXIES: "10.0.0.1, 172.16.0.0/12, ::1, fd00::/8" });
  expect(limits.trustedProxies).toEqual(["10.0.0.1", "172.16.0.0/12", "::1", "fd00::/8"]);
});

it.each(["everybody", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.1,", "10.0.0.0/x"])(
  "refuses %j as proxies",
  (proxies) => {
    expect(() => readConfig({ TRUSTED_PROXIES: proxies })).toThrow("TRUSTED_PROXIES");
  },
);
