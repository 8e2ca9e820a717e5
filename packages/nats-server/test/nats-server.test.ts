import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, it } from "vitest";
import { NatsServer } from "../src/index.ts";
import { temporaryFolder } from "./fake-release.ts";

async function store(url: string, text: string): Promise<void> {
  const nc = await connect({ servers: url });
  await (await jetstreamManager(nc)).streams.add({ name: "KEPT", subjects: ["kept"] });
  await jetstream(nc).publish("kept", text);
  await nc.close();
}

async function readStored(url: string): Promise<string | undefined> {
  const nc = await connect({ servers: url });
  const message = await (await jetstreamManager(nc)).streams.getMessage("KEPT", { last_by_subj: "kept" });
  await nc.close();
  return message?.string();
}

function accepts(url: string): Promise<boolean> {
  return connect({ servers: url, reconnect: false, timeout: 1_000 }).then(
    (nc) => nc.close().then(() => true),
    () => false,
  );
}

it("keeps its ports and what JetStream stored over a restart", async () => {
  await using server = await NatsServer.start();
  const { port, url, monitorUrl, pid } = server;
  await store(url, "still here");

  await server.restart();

  expect(server).toMatchObject({ port, url, monitorUrl, isRunning: true });
  expect(server.pid).not.toBe(pid);
  expect(await readStored(url)).toBe("still here");
});

it("comes back from a kill with what was stored", async () => {
  await using server = await NatsServer.start({ syncInterval: "always" });
  await store(server.url, "survives");

  await server.kill();

  expect(await server.exited).toEqual({ code: null, signal: "SIGKILL" });
  expect(server.isRunning).toBe(false);
  await server.restart();
  expect(await readStored(server.url)).toBe("survives");
});

it("removes its temporary folder when disposed, and leaves a store that it was given", async () => {
  await using folder = await temporaryFolder();
  const storeDir = join(folder.path, "store");
  const kept = await NatsServer.start({ storeDir });
  await store(kept.url, "mine");
  const own = await NatsServer.start();
  await Promise.all([kept[Symbol.asyncDispose](), own[Symbol.asyncDispose]()]);

  expect(existsSync(own.storeDir)).toBe(false);
  expect(existsSync(kept.logFile)).toBe(false);
  await using again = await NatsServer.start({ storeDir });
  expect(await readStored(again.url)).toBe("mine");
});

it("gives two servers that start at once different ports", async () => {
  const servers = await Promise.all([NatsServer.start(), NatsServer.start()]);
  await using _first = servers[0];
  await using _second = servers[1];
  expect(new Set(servers.flatMap((server) => [server.url, server.monitorUrl])).size).toBe(4);
});

it("says that the port is in use, with the end of the server's log", async () => {
  await using first = await NatsServer.start();
  await expect(NatsServer.start({ port: first.port })).rejects.toMatchObject({
    code: "port_in_use",
    message: expect.stringContaining(`listen tcp 127.0.0.1:${first.port}: bind: address already in use`),
  });
});

it("says what is wrong with a configuration", async () => {
  await expect(NatsServer.start({ serverName: "two words" })).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringContaining("server name cannot contain spaces"),
  });
});

it("runs with what else of a configuration it is given", async () => {
  const config = { authorization: { user: "ann", password: "secret" } };
  await using server = await NatsServer.start({ serverName: "guarded", maxFileStore: 5_000_000, config });
  expect(await accepts(server.url)).toBe(false);
  const nc = await connect({ servers: server.url, user: "ann", pass: "secret" });
  expect(nc.info?.server_name).toBe("guarded");
  await nc.close();
  const response = await fetch(`${server.monitorUrl}/jsz`);
  expect(await response.json()).toMatchObject({ config: { max_storage: 5_000_000 } });
});

it.skipIf(process.platform === "win32").each(["SIGKILL", "SIGTERM"] as const)(
  "ends, and leaves no folder, when %s ends the process that started it",
  async (signal) => {
    const index = new URL("../src/index.ts", import.meta.url).href;
    const script = `import { NatsServer } from ${JSON.stringify(index)};
      const { url, storeDir } = await NatsServer.start();
      console.log(JSON.stringify({ url, storeDir }));`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = await once(parent.stdout, "data");
    const { url, storeDir } = JSON.parse(String(printed));
    expect(await accepts(url)).toBe(true);

    parent.kill(signal);

    await expect.poll(() => accepts(url), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => existsSync(storeDir), { timeout: 15_000 }).toBe(false);
  },
);
