import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NatsServer } from "@linecook/nats-server";
import { connectNats, NatsError } from "@linecook/service";
import { silentLogger } from "@linecook/telemetry";
import { nkeys } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const options = { name: "test", logger: silentLogger() };
const known = nkeys.createUser();
const successor = nkeys.createUser();
const stranger = nkeys.createUser();
const patiently = { timeout: 10_000, interval: 20 };
let folder: string;
let server: NatsServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "linecook-credentials-"));
  const users = [
    { nkey: known.getPublicKey() },
    { nkey: successor.getPublicKey() },
    { user: "me", password: "p@ss/word" },
  ];
  server = await NatsServer.start({ config: { authorization: { users } } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function connectedUsers(): Promise<unknown[]> {
  const response = await fetch(`${server.monitorUrl}/connz?auth=true`);
  const { connections } = (await response.json()) as { connections: { authorized_user: string }[] };
  return connections.map(({ authorized_user }) => authorized_user);
}

async function failure(
  config: { nkeySeedFile?: string; credsFile?: string },
  url = server.url,
): Promise<NatsError> {
  try {
    await using link = await connectNats({ servers: [url], ...config }, options);
    throw new Error(`It connected to ${link.connection.getServer()}`);
  } catch (error) {
    if (error instanceof NatsError) return error;
    throw error;
  }
}

describe("credentials", () => {
  it("are the seed of an nkey in a file, with or without a line end", async () => {
    const seed = Buffer.from(known.getSeed()).toString();
    const config = { servers: [server.url], nkeySeedFile: await file("seed", `${seed}\n`) };
    await using link = await connectNats(config, options);
    expect(link.connected).toBe(true);
  });

  it("are a user and a password in the URL, percent-encoded", async () => {
    const servers = [server.url.replace("//", "//me:p%40ss%2Fword@")];
    await using link = await connectNats({ servers }, options);
    expect(link.connected).toBe(true);
  });

  it("are taken up anew at a reconnect when the file has changed", async () => {
    const path = await file("rotated", known.getSeed());
    await using link = await connectNats({ servers: [server.url], nkeySeedFile: path }, options);
    await writeFile(path, successor.getSeed());
    await link.connection.reconnect();
    await expect.poll(connectedUsers, patiently).toEqual([successor.getPublicKey()]);
  });

  it("are the last good ones when the file is half written at a reconnect", async () => {
    const path = await file("half", known.getSeed());
    await using link = await connectNats({ servers: [server.url], nkeySeedFile: path }, options);
    await writeFile(path, known.getSeed().subarray(0, 9));
    await link.connection.reconnect();
    await expect.poll(() => link.connected, patiently).toBe(false);
    await expect.poll(() => link.connected, patiently).toBe(true);
  });

  it("that the server refuses end the wait at once", async () => {
    const nkeySeedFile = await file("stranger", stranger.getSeed());
    expect(await failure({ nkeySeedFile })).toMatchObject({
      code: "nats_not_authorized",
      message: expect.stringMatching(/refuses this user: check NATS_NKEY_SEED_FILE/),
    });
    expect((await failure({})).code).toBe("nats_not_authorized");
    const error = await failure({}, server.url.replace("//", "//me:wrong-password@"));
    expect(error.message).not.toContain("wrong-password");
  });

  it("that cannot be read are named with the reason", async () => {
    const error = await failure({ nkeySeedFile: join(folder, "missing") });
    expect(error.code).toBe("nats_credentials_unreadable");
    expect(error.message).toMatch(/missing cannot be read \(ENOENT\)/);
  });

  it("that are something else are named without a word of them", async () => {
    const path = await file("else", "hunter2 is no seed");
    for (const config of [{ nkeySeedFile: path }, { credsFile: path }]) {
      const error = await failure(config);
      expect(error.message).toMatch(/else does not hold/);
      expect(error.message).not.toContain("hunter2");
    }
  });
});
