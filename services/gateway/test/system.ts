import { NatsServer, type NatsServerOptions } from "@linecook/nats-server";
import { TaskClient, type TaskHandler, Worker } from "@linecook/tasks";
import { type Logger, silentLogger } from "@linecook/telemetry";
import { connect, type NatsConnection } from "nats";
import { createGateway, type Gateway, type GatewayConfig, readConfig } from "../src/app.ts";

/** What a test wants otherwise. */
export interface GatewayOverrides {
  limits?: Partial<GatewayConfig["limits"]>;
  events?: Partial<GatewayConfig["events"]>;
  logger?: Logger;
}

/** A broker, and what tests start on it. */
export class System implements AsyncDisposable {
  readonly server: NatsServer;
  readonly #made = new AsyncDisposableStack();

  private constructor(server: NatsServer) {
    this.server = server;
    this.#made.use(server);
  }

  static async start(options: NatsServerOptions = {}): Promise<System> {
    return new System(await NatsServer.start(options));
  }

  /** A gateway of its own, on a free port; it goes with the system, or when the test disposes of it. */
  async gateway(overrides: GatewayOverrides = {}): Promise<Gateway> {
    return this.#made.use(await startGateway(this.server.url, overrides));
  }

  /** A worker on a connection of its own. */
  async work(...handlers: TaskHandler[]): Promise<Worker> {
    const connection = await this.connect();
    const instance = crypto.randomUUID();
    return this.#made.use(await Worker.start(connection, { handlers, instance, slots: 20, graceMs: 0 }));
  }

  /** A client of the engine, to look at what the gateway did. */
  async client(): Promise<TaskClient> {
    return this.#made.use(await TaskClient.create(await this.connect()));
  }

  async connect(): Promise<NatsConnection> {
    const connection = await connect({
      servers: this.server.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    this.#made.defer(() => connection.close());
    return connection;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#made.disposeAsync();
  }
}

/** A gateway at a broker, or where one will be. */
export function startGateway(
  natsUrl: string,
  { limits, events, logger = silentLogger() }: GatewayOverrides = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Gateway> {
  const base = readConfig({ NATS_URL: natsUrl, HTTP_PORT: "0" });
  const config = { ...base, limits: { ...base.limits, ...limits }, events: { ...base.events, ...events } };
  const telemetry = {
    enabled: false,
    nameRequest: () => {},
    shutdown: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  return createGateway(config, { logger, signal, telemetry });
}
