import { expect, it } from "vitest";
import { buildConfig } from "./server-config.ts";

const base = { host: "127.0.0.1", port: -1, monitorPort: -1, portsDir: "/ports", storeDir: "/store" };

it("leaves every limit to the server when none is asked for", () => {
  expect(buildConfig(base)).toEqual({
    host: "127.0.0.1",
    port: -1,
    http: "127.0.0.1:-1",
    ports_file_dir: "/ports",
    jetstream: { store_dir: "/store" },
  });
});

it("lets the caller's own settings win, and keeps the rest of a block", () => {
  const config = { max_payload: 2_000_000, jetstream: { sync_interval: "10s", unique_tag: "az" } };
  expect(buildConfig({ ...base, syncInterval: "always", maxFileStore: 1_000, config })).toMatchObject({
    max_payload: 2_000_000,
    jetstream: { store_dir: "/store", max_file_store: 1_000, sync_interval: "10s", unique_tag: "az" },
  });
});
