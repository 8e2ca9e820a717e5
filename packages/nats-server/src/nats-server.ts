import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findNatsServer } from "./find-nats-server.ts";
import { NatsServerError } from "./nats-server-error.ts";
import { buildConfig, type ServerConfig } from "./server-config.ts";
import { type ListeningOn, type ServerExit, ServerProcess } from "./server-process.ts";

/** How a server runs. */
export interface NatsServerOptions {
  /** The binary to run. @default the one that findNatsServer finds */
  binary?: string;
  /** The address to listen on. @default "127.0.0.1" */
  host?: string;
  /** The port for clients. @default a free one, chosen by the server */
  port?: number;
  /** The port for monitoring over HTTP. @default a free one, chosen by the server */
  monitorPort?: number;
  /** Where JetStream stores; kept when the server is disposed. @default a temporary folder, removed with the server */
  storeDir?: string;
  /** Where the log goes, appended. @default a file in a temporary folder, removed with the server */
  logFile?: string;
  /** The name of the server; a cluster tells its servers apart by it. @default one made by the server */
  serverName?: string;
  /** When stored messages are flushed to disk: `always`, or a duration such as `10s`. @default the server's own, 2m */
  syncInterval?: string;
  /** Limit of all file streams, in bytes. @default the server's own, by its disk */
  maxFileStore?: number;
  /** Limit of all memory streams, in bytes. @default the server's own, by its memory */
  maxMemoryStore?: number;
  /** The cluster that the server joins, its port in it, and the routes to the others. @default none */
  cluster?: { name: string; port: number; routes: readonly string[] };
  /** Anything else of nats-server's configuration; wins over what the other options say. */
  config?: ServerConfig;
  /** How long the server may take until it accepts clients. @default 20000 */
  startTimeoutMs?: number;
}

/**
 * A nats-server with JetStream, run as a child process. It ends with the process that started it, and a
 * Ctrl-C on the terminal does not reach it. Dispose it to stop it and to remove what it kept in temporary folders.
 */
export class NatsServer implements AsyncDisposable {
  readonly #binary: string;
  readonly #folder: string;
  #options: NatsServerOptions;
  #process: ServerProcess;
  #listening: ListeningOn;

  private constructor(
    binary: string,
    folder: string,
    options: NatsServerOptions,
    started: { process: ServerProcess; listening: ListeningOn },
  ) {
    this.#binary = binary;
    this.#folder = folder;
    this.#options = options;
    this.#process = started.process;
    this.#listening = started.listening;
  }

  /**
   * Starts a server and resolves when it accepts clients and JetStream is up. Throws a `NatsServerError` `port_in_use`,
   * or `start_failed` when the server ends or is not ready in time; the message carries the end of its log.
   */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const binary = options.binary ?? (await findNatsServer()).path;
    const folder = await mkdtemp(join(tmpdir(), "linecook-nats-"));
    try {
      return new NatsServer(binary, folder, options, await run(binary, folder, options));
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** The name it was given, if any. */
  get name(): string | undefined {
    return this.#options.serverName;
  }

  /** What clients connect to: `nats://127.0.0.1:4222`. */
  get url(): string {
    return first(this.#listening.nats);
  }

  /** The port for clients; the same after a restart. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Where monitoring answers over HTTP: `/healthz`, `/jsz`, `/varz`. */
  get monitorUrl(): string {
    return first(this.#listening.monitoring);
  }

  /** The process id of the present run. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Whether the server runs now. */
  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Resolves when the present run ends, for whatever reason. */
  get exited(): Promise<ServerExit> {
    return this.#process.exited;
  }

  /** Where JetStream stores. */
  get storeDir(): string {
    return this.#options.storeDir ?? join(this.#folder, "store");
  }

  /** Where the log goes. */
  get logFile(): string {
    return this.#options.logFile ?? join(this.#folder, "server.log");
  }

  /** Stops the server by SIGTERM, and by SIGKILL when it takes longer. Does nothing when it does not run. */
  async stop(timeoutMs = 10_000): Promise<void> {
    await this.#process.end("SIGTERM", timeoutMs);
  }

  /** Kills the server by SIGKILL, as a crash would. Does nothing when it does not run. */
  async kill(): Promise<void> {
    await this.#process.end("SIGKILL");
  }

  /** Stops the server if it runs, and starts it on the same ports and the same store. Throws as `start` does. */
  async restart(): Promise<void> {
    await this.stop();
    const monitorPort = Number(new URL(this.monitorUrl).port);
    this.#options = { ...this.#options, port: this.port, monitorPort };
    const started = await run(this.#binary, this.#folder, this.#options);
    this.#process = started.process;
    this.#listening = started.listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function run(binary: string, folder: string, options: NatsServerOptions) {
  const { host = "127.0.0.1", port = -1, monitorPort = -1, startTimeoutMs = 20_000 } = options;
  const { storeDir = join(folder, "store"), logFile = join(folder, "server.log") } = options;
  const [configFile, portsDir] = [join(folder, "server.json"), join(folder, "ports")];
  // A killed run leaves its ports behind.
  await rm(portsDir, { recursive: true, force: true });
  for (const path of [portsDir, storeDir, dirname(logFile)]) await mkdir(path, { recursive: true });
  const config = buildConfig({ ...options, host, port, monitorPort, portsDir, storeDir });
  await writeFile(configFile, JSON.stringify(config, null, 2), { mode: 0o600 });
  const temporaryFolder = folder;
  const process = await ServerProcess.spawn({ binary, configFile, logFile, portsDir, temporaryFolder });
  return { process, listening: await process.ready(startTimeoutMs) };
}

function first(urls: readonly string[]): string {
  const [url] = urls;
  if (!url) throw new NatsServerError("start_failed", "nats-server said nothing about where it listens");
  return url;
}
