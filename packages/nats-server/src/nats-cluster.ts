import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findNatsServer } from "./find-nats-server.ts";
import { freePorts } from "./free-ports.ts";
import { NatsServer, type NatsServerOptions } from "./nats-server.ts";
import { NatsServerError } from "./nats-server-error.ts";

const pollMs = 50;
const attempts = 3;

/** How a cluster runs: what it shares with a {@link NatsServer} holds for each of its servers. */
export interface NatsClusterOptions
  extends Pick<NatsServerOptions, "binary" | "syncInterval" | "maxFileStore" | "config" | "startTimeoutMs"> {
  /** How many servers, two or more. @default 3 */
  size?: number;
  /** The name of the cluster; its servers are `<name>-1` and so on. @default "linecook" */
  name?: string;
  /** Where JetStream stores, a folder per server in it; kept when disposed. @default temporary folders */
  storeDir?: string;
}

/** A JetStream cluster on this machine, each server a child process as {@link NatsServer} says. */
export class NatsCluster implements AsyncDisposable {
  /** The servers; one can be killed and restarted by itself. */
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /**
   * Starts the servers and resolves when they have a leader and all of them follow it: a stream with replicas can be made
   * at once. Throws as {@link NatsServer.start} does, and a `NatsServerError` `no_leader` when they do not agree in time.
   */
  static async start(options: NatsClusterOptions = {}): Promise<NatsCluster> {
    const { startTimeoutMs = 30_000 } = options;
    const binary = options.binary ?? (await findNatsServer()).path;
    const servers = await startServers({ ...options, binary, startTimeoutMs });
    const cluster = new NatsCluster(servers);
    try {
      await cluster.ready(startTimeoutMs);
      return cluster;
    } catch (thrown) {
      await cluster[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** What clients connect to, one per server. */
  get urls(): string[] {
    return this.servers.map((server) => server.url);
  }

  /**
   * Resolves when the servers that run now have a leader and all of them follow it: after one was killed, or restarted.
   * Throws a `NatsServerError` `no_leader` when that takes longer than `timeoutMs`.
   */
  async ready(timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      if (await this.#allFollow()) return;
      await delay(pollMs);
    }
    const message = `The cluster had no leader that all follow after ${timeoutMs / 1000} s`;
    throw new NatsServerError("no_leader", message);
  }

  /** The server that leads the cluster's own decisions now; undefined while there is none. */
  async leader(): Promise<NatsServer | undefined> {
    return (await this.#leadership())?.leader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }

  async #allFollow(): Promise<boolean> {
    const leadership = await this.#leadership();
    if (!leadership) return false;
    const { leader, followers } = leadership;
    return this.servers.every(
      (server) => server === leader || !server.isRunning || followers.includes(server.name),
    );
  }

  /** The leader, by its own word, and who follows it. */
  async #leadership(): Promise<{ leader: NatsServer; followers: (string | undefined)[] } | undefined> {
    for (const server of this.servers.filter((candidate) => candidate.isRunning)) {
      const meta = await readMeta(server);
      if (meta?.leader !== server.name) continue;
      const following = meta?.replicas?.filter((replica) => replica.current && !replica.offline) ?? [];
      return { leader: server, followers: following.map((replica) => replica.name) };
    }
    return undefined;
  }
}

type StartOptions = NatsClusterOptions & { binary: string; startTimeoutMs: number };

/** Routes must be known before any server runs, so their ports are chosen here; who loses one to another tries again. */
async function startServers(options: StartOptions): Promise<NatsServer[]> {
  for (let attempt = 1; ; attempt += 1) {
    const members = memberOptions(options, await freePorts(options.size ?? 3));
    const started = await Promise.allSettled(members.map((member) => NatsServer.start(member)));
    const servers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failure = started.find((result) => result.status === "rejected");
    if (!failure) return servers;
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    const portTaken = failure.reason instanceof NatsServerError && failure.reason.code === "port_in_use";
    if (!portTaken || attempt === attempts) throw failure.reason;
  }
}

function memberOptions(options: StartOptions, ports: readonly number[]): NatsServerOptions[] {
  const { size: _, name = "linecook", storeDir, ...shared } = options;
  return ports.map((port, index) => {
    const serverName = `${name}-${index + 1}`;
    const routes = ports.filter((other) => other !== port).map((other) => `nats://127.0.0.1:${other}`);
    const store = storeDir ? { storeDir: join(storeDir, serverName) } : {};
    return { ...shared, ...store, serverName, cluster: { name, port, routes } };
  });
}

interface MetaCluster {
  leader?: string;
  replicas?: { name: string; current: boolean; offline?: boolean }[];
}

/** What a server's monitoring says of the cluster; undefined when it does not answer. */
async function readMeta(server: NatsServer): Promise<MetaCluster | undefined> {
  try {
    const response = await fetch(`${server.monitorUrl}/jsz`, { signal: AbortSignal.timeout(1_000) });
    return ((await response.json()) as { meta_cluster?: MetaCluster }).meta_cluster;
  } catch {
    return undefined;
  }
}
