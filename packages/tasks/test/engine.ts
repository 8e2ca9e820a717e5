import { randomBytes } from "node:crypto";
import { NatsServer, type NatsServerOptions } from "@linecook/nats-server";
import {
  bucketStream,
  consumerName,
  defineTask,
  eventSubject,
  type Lane,
  names,
  recordSubject,
  type TaskDefinition,
  type TaskRecord,
} from "@linecook/protocol";
import { type JetStreamManager, jetstreamManager, type StoredMsg } from "@nats-io/jetstream";
import { connect, createInbox, type Msg, type NatsConnection } from "nats";
import { expect } from "vitest";
import * as z from "zod";
import {
  Publisher,
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
  /** For writing past the client. */
  readonly publisher: Publisher;
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
    this.#made.use(server);
    this.#made.defer(() => connection.close());
    this.#made.use(client);
    this.publisher = this.#made.use(new Publisher(connection));
  }

  static async start(options: NatsServerOptions = {}): Promise<Engine> {
    const server = await NatsServer.start(options);
    const connection = await connectTo(server);
    await provision(connection);
    const manager = await jetstreamManager(connection, { timeout: 1_000 });
    const client = await TaskClient.create(connection);
    const engine = new Engine(server, connection, manager, client);
    return engine;
  }

  /** A further connection, as another process would have. */
  async connect(reconnectTimeWait?: number): Promise<NatsConnection> {
    const connection = await connectTo(this.server, reconnectTimeWait);
    this.#made.defer(() => connection.close());
    return connection;
  }

  /** A further client on a connection of its own. */
  async newClient(options?: TaskClientOptions): Promise<TaskClient> {
    return this.#made.use(await TaskClient.create(await this.connect(), options));
  }

  /** A further client that comes back later than everybody else: meanwhile tasks run that it is not told of. */
  async newSlowClient(): Promise<TaskClient> {
    return this.#made.use(await TaskClient.create(await this.connect(400)));
  }

  /** A worker on a connection of its own, which the test should stop when it does not want its help any more. */
  async work(handlers: readonly TaskHandler[], options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const instance = randomBytes(4).toString("hex");
    const worker = await Worker.start(await this.connect(), { handlers, instance, graceMs: 0, ...options });
    return this.#made.use(worker);
  }

  /** Makes the consumers of a task that no worker runs yet. */
  async provision(task: TaskDefinition): Promise<void> {
    await provision(this.connection, { tasks: [task] });
  }

  /** Takes a task's next message as a worker does that is killed a moment later: it is never heard of again. */
  async takeAndDie(task: TaskDefinition, lane: Lane = "normal"): Promise<Msg> {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${names.tasks}.${consumerName(task.name, lane)}`;
    const request = { batch: 1, expires: 5_000_000_000 };
    const inbox = createInbox();
    const answers = this.connection.subscribe(inbox, { max: 1 });
    this.connection.publish(subject, JSON.stringify(request), { reply: inbox });
    for await (const message of answers) {
      if (message.subject !== inbox) return message;
    }
    throw new Error(`${task.name} ${lane}: nothing to take`);
  }

  /** Writes a record by hand, as another worker would. */
  async write(record: TaskRecord): Promise<number> {
    const { sequence } = await this.publisher.publish(recordSubject(record.task_id), JSON.stringify(record));
    return sequence;
  }

  /** Waits until a task's record is as expected. */
  async until(id: string, expected: Partial<TaskRecord>): Promise<TaskRecord> {
    await expect
      .poll(() => this.record(id).catch(() => undefined), { timeout: 10_000, interval: 10 })
      .toMatchObject(expected);
    return this.record(id);
  }

  /** Waits until no message of a task waits, is with a worker or is planned for later. */
  async untilIdle(task: { name: string }): Promise<void> {
    const left = async () => {
      const filter = (kind: string) => ({ subjects_filter: `${kind}.${task.name}.>` });
      const now = await this.manager.streams.info(names.tasks, filter("task"));
      const later = await this.manager.streams.info(names.tasks, filter("later"));
      return { ...now.state.subjects, ...later.state.subjects };
    };
    await expect.poll(left, { timeout: 10_000, interval: 10 }).toEqual({});
  }

  /** Every record that a task had, the oldest first: follows from now on. */
  history(id: string): TaskRecord[] {
    const records: TaskRecord[] = [];
    const subscription = this.connection.subscribe(eventSubject(id), {
      callback: (_, message) => void records.push(message.json<TaskRecord>()),
    });
    this.#made.defer(() => subscription.unsubscribe());
    return records;
  }

  /** The last message of a subject, as the leader has it. */
  last(stream: string, subject: string): Promise<StoredMsg | null> {
    return this.manager.streams.getMessage(stream, { last_by_subj: subject });
  }

  /** How a task's record stands. */
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

/** A connection that is made again soon when it was lost. */
export function connectTo(server: NatsServer, reconnectTimeWait = 20): Promise<NatsConnection> {
  return connect({
    servers: server.url,
    maxReconnectAttempts: -1,
    reconnectTimeWait,
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
