import { hostname } from "node:os";
import { consumerName, describeTask, lanes, names, parseTaskSubject } from "@linecook/protocol";
import { type Logger, silentLogger } from "@linecook/telemetry";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { Artifacts } from "./artifacts.ts";
import { Attempt, type AttemptTools } from "./attempt.ts";
import { watchConnection } from "./connection-watch.ts";
import { Delivery } from "./delivery.ts";
import type { TaskHandler } from "./handler.ts";
import { Heartbeat, token } from "./heartbeat.ts";
import { Intake } from "./intake.ts";
import { persist } from "./persist.ts";
import { provision } from "./provision.ts";
import { Publisher } from "./publisher.ts";
import { RecordStore } from "./record-store.ts";
import { Running } from "./running.ts";
import { singleFlight } from "./single-flight.ts";

/** What a worker is started with. */
export interface WorkerOptions {
  /** The tasks it runs, made by `handle`. */
  handlers: readonly TaskHandler[];
  /** The name of the service it belongs to. @default "worker" */
  service?: string;
  /** Tells it apart from others of its service. @default host name and process id */
  instance?: string;
  /** How many tasks it runs at once, over all its handlers. @default 10 */
  slots?: number;
  /** How long `stop` lets running tasks go on before it gives them back. @default 20000 */
  graceMs?: number;
  /** Makes the streams, buckets and consumers that are missing. @default true */
  provision?: boolean;
  /** @default none */
  logger?: Logger;
}

/**
 * Runs tasks: pulls what it has slots for, the urgent lanes first, runs their handlers, and settles each by the record
 * of its task. It keeps its tasks by signs of life, so that those of a killed worker run elsewhere within the ack wait.
 */
export class Worker implements AsyncDisposable {
  readonly #running: Running;
  readonly #intake: Intake;
  readonly #heartbeat: Heartbeat;
  readonly #publisher: Publisher;
  readonly #hardStop: AbortController;
  readonly #connection: NatsConnection;
  readonly #graceMs: number;
  #stopping: Promise<void> | undefined;

  private constructor(parts: {
    running: Running;
    intake: Intake;
    heartbeat: Heartbeat;
    publisher: Publisher;
    hardStop: AbortController;
    connection: NatsConnection;
    graceMs: number;
  }) {
    this.#running = parts.running;
    this.#intake = parts.intake;
    this.#heartbeat = parts.heartbeat;
    this.#publisher = parts.publisher;
    this.#hardStop = parts.hardStop;
    this.#connection = parts.connection;
    this.#graceMs = parts.graceMs;
  }

  /**
   * Starts a worker: makes what it needs on the server, says what it can run, and begins to pull.
   * Throws when the server cannot be asked or the topology cannot be made.
   */
  static async start(connection: NatsConnection, options: WorkerOptions): Promise<Worker> {
    const { service = "worker", instance = `${hostname()}-${process.pid}`, slots = 10 } = options;
    const logger = options.logger ?? silentLogger();
    const handlers = new Map(options.handlers.map((handler) => [handler.task.name as string, handler]));
    const tasks = options.handlers.map((handler) => handler.task);
    if (tasks.length === 0) throw new TypeError("a worker needs at least one handler");
    const prepare = async () => {
      if (options.provision ?? true) await provision(connection, { tasks });
    };
    await prepare();

    const publisher = new Publisher(connection);
    const hardStop = new AbortController();
    const records = new RecordStore(publisher, await jetstreamManager(connection, { checkAPI: false }));
    const tools: AttemptTools = {
      records,
      publisher,
      artifacts: new Artifacts(connection),
      logger,
      worker: `${token(service)}.${token(instance)}`,
      hardStop: hardStop.signal,
    };
    const running = new Running(slots, Math.min(...tasks.map((task) => task.ackWaitMs)) / 3, () =>
      intake.notify(),
    );
    const repair = singleFlight(() =>
      prepare().catch((error: unknown) => logger.warn({ err: error }, "the topology could not be checked")),
    );
    const intake = new Intake({
      connection,
      groups: lanes.map((lane) => tasks.map((task) => consumerName(task.name, lane))),
      free: () => running.free,
      onFullHouse: () => running.giveBackHeld(),
      onMessage: (message) => {
        const delivery = Delivery.of(connection, message);
        const handler = handlers.get(parseTaskSubject(message.subject)?.task ?? "");
        if (delivery === undefined || handler === undefined) return;
        running.take(delivery, () => new Attempt(handler, delivery, tools));
      },
      onTrouble: (consumer) => {
        logger.warn({ consumer }, "the server dropped a pull; asking again");
        void repair();
      },
    });
    watchConnection(connection, { onLost: () => intake.pause(), onBack: () => intake.resume() });

    for (const task of tasks) {
      const subject = `$KV.${names.taskTypes}.${task.name}`;
      await persist(
        () => publisher.publish(subject, JSON.stringify(describeTask(task))),
        AbortSignal.timeout(10_000),
      );
    }
    const started_at = new Date().toISOString();
    const identity = { service, instance, tasks: tasks.map((task) => task.name), slots, started_at };
    const heartbeat = new Heartbeat(publisher, identity, () => running.size);
    await heartbeat.beat();
    intake.start();
    const graceMs = options.graceMs ?? 20_000;
    return new Worker({ running, intake, heartbeat, publisher, hardStop, connection, graceMs });
  }

  /** How many tasks run now. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Stops: pulls no more, lets running tasks go on for the grace, then aborts their signals and gives them back at once,
   * without using up an attempt. Resolves when nothing is left. Calling it again waits for the same end.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#running.close();
    await this.#intake[Symbol.asyncDispose]();
    await this.#running.finish(this.#graceMs);
    this.#hardStop.abort();
    await this.#heartbeat[Symbol.asyncDispose]();
    await this.#publisher[Symbol.asyncDispose]();
    // Acks are not acknowledged themselves: this makes sure that the server has read them.
    if (!this.#connection.isClosed())
      await Promise.race([this.#connection.flush().catch(() => {}), quiet(1_000)]);
  }
}

function quiet(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
