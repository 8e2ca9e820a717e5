import { randomBytes } from "node:crypto";
import { NatsServer, type NatsServerOptions } from "@linecook/nats-server";
import { bucketStream, defineTask, names, recordSubject, type TaskRecord } from "@linecook/protocol";
import { type JetStreamManager, jetstreamManager, type StoredMsg } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "nats";
import * as z from "zod";
import {
  provision,
  TaskClient,
  type TaskClientOptions,
  type TaskHandler,
  Worker,
  type WorkerOptions,
} from "../src/index.ts";

/** A server with the topology on it, and what tests make on it: all of it goes when the engine is disposed of. */
export class Engine implements AsyncDisposable {
  readonly server: NatsServer;
  /** For the test's own use: submitting, reading, publishing by hand. */
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly client: TaskClient;
  readonly #made = new AsyncDisposableStack();

  private constructor(
    server: NatsServer,
    connection: NatsConnection,
    manager: JetStreamManager,
    client: TaskClient,
  ) {
    this.server = server;
    this.connection = connection;
    this.manager = manager;
    this.client = client;
  }

  static async start(options: NatsServerOptions = {}): Promise<Engine> {
    const server = await NatsServer.start(options);
    const connection = await connectTo(server);
    await provision(connection);
    const manager = await jetstreamManager(connection);
    const client = await TaskClient.create(connection);
    const engine = new Engine(server, connection, manager, client);
    engine.#made.use(server);
    engine.#made.defer(() => connection.close());
    engine.#made.use(client);
    return engine;
  }

  /** A further connection, as another process would have. */
  async connect(): Promise<NatsConnection> {
    const connection = await connectTo(this.server);
    this.#made.defer(() => connection.close());
    return connection;
  }

  /** A further client on a connection of its own. */
  async newClient(options?: TaskClientOptions): Promise<TaskClient> {
    return this.#made.use(await TaskClient.create(await this.connect(), options));
  }

  /** A worker on a connection of its own, which the test should stop when it does not want its help any more. */
  async work(handlers: readonly TaskHandler[], options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const instance = randomBytes(4).toString("hex");
    const worker = await Worker.start(await this.connect(), { handlers, instance, graceMs: 0, ...options });
    return this.#made.use(worker);
  }

  /** The last message of a subject, as the leader has it. */
  last(stream: string, subject: string): Promise<StoredMsg | null> {
    return this.manager.streams.getMessage(stream, { last_by_subj: subject });
  }

  /** How often a task's record was written, and how it stands. */
  async record(id: string): Promise<TaskRecord> {
    const message = await this.last(bucketStream(names.taskState), recordSubject(id));
    if (message === null) throw new Error(`${id} has no record`);
    return message.json<TaskRecord>();
  }

  /** The dead letter of a subject's task and uid. */
  deadLetter(subject: string): Promise<StoredMsg | null> {
    return this.last(names.dead, subject);
  }

  /** How many messages are in a stream. */
  async count(stream: string): Promise<number> {
    return (await this.manager.streams.info(stream)).state.messages;
  }

  /** How many messages were ever stored in a stream. */
  async lastSequence(stream: string): Promise<number> {
    return (await this.manager.streams.info(stream)).state.last_seq;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#made.disposeAsync();
  }
}

/** A connection that is made again at once when it was lost. */
export function connectTo(server: NatsServer): Promise<NatsConnection> {
  return connect({
    servers: server.url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    reconnectJitter: 10,
    ignoreClusterUpdates: true,
  });
}

let named = 0;

/** A task of a name of its own, which anything can be handed to and which may return anything. */
export function anyTask(options: Partial<Parameters<typeof defineTask>[0]> = {}) {
  named += 1;
  return defineTask({
    name: `test_${named}`,
    input: z.unknown(),
    result: z.unknown(),
    backoff: { minMs: 0, maxMs: 0 },
    ackWaitMs: 500,
    ...options,
  });
}
