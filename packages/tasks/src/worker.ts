import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { bucketSubject, describeTask, names, type TaskDefinition } from "@linecook/protocol";
import { type Logger, silentLogger } from "@linecook/telemetry";
import type { NatsConnection } from "nats";
import type { TaskHandler } from "./handler.ts";
import { persist } from "./persist.ts";
import { provision } from "./provision.ts";
import type { Publisher } from "./publisher.ts";
import { singleFlight } from "./single-flight.ts";
import { buildWorker, type WorkerParts } from "./worker-parts.ts";

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
  /** How long the server waits for a sign of life before another worker gets a task. @default each task's own */
  ackWaitMs?: number;
  /** Makes the streams, buckets and consumers that are missing. @default true */
  provision?: boolean;
  /** @default none */
  logger?: Logger;
}

const announceMs = 10_000;
const flushMs = 1_000;

/**
 * Runs tasks: pulls what it has slots for, the urgent lanes first, runs their handlers, and settles each by the record
 * of its task. It keeps its tasks by signs of life, so that those of a killed worker run elsewhere within the ack wait.
 */
export class Worker implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #parts: WorkerParts;
  readonly #graceMs: number;
  #stopping: Promise<void> | undefined;

  private constructor(connection: NatsConnection, parts: WorkerParts, graceMs: number) {
    this.#connection = connection;
    this.#parts = parts;
    this.#graceMs = graceMs;
  }

  /**
   * Starts a worker: makes what it needs on the server, says what it can run, and begins to pull.
   * Throws when the server cannot be asked or the topology cannot be made.
   */
  static async start(connection: NatsConnection, options: WorkerOptions): Promise<Worker> {
    const { ackWaitMs, service = "worker", instance = `${hostname()}-${process.pid}`, slots = 10 } = options;
    const logger = options.logger ?? silentLogger();
    const handlers = options.handlers.map(({ task, run }) => ({
      task: ackWaitMs === undefined ? task : { ...task, ackWaitMs },
      run,
    }));
    const tasks = handlers.map((handler) => handler.task);
    if (tasks.length === 0) throw new TypeError("a worker needs at least one handler");
    const prepare = async () => {
      if (options.provision ?? true) await provision(connection, { tasks });
    };
    await prepare();
    const repair = singleFlight(() =>
      prepare().catch((error: unknown) => logger.warn({ err: error }, "the topology could not be checked")),
    );
    const parts = await buildWorker(connection, { handlers, service, instance, slots, logger, repair });
    const worker = new Worker(connection, parts, options.graceMs ?? 20_000);
    try {
      await announce(parts.publisher, tasks);
      await parts.heartbeat.beat();
      parts.intake.start();
      return worker;
    } catch (error) {
      await worker.stop();
      throw error;
    }
  }

  /** How many tasks run now. */
  get running(): number {
    return this.#parts.running.size;
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
    const { running, intake, heartbeat, outages, publisher, hardStop } = this.#parts;
    running.close();
    await intake[Symbol.asyncDispose]();
    await running.finish(this.#graceMs);
    hardStop.abort();
    outages[Symbol.dispose]();
    await heartbeat[Symbol.asyncDispose]();
    await publisher[Symbol.asyncDispose]();
    if (this.#connection.isClosed()) return;
    // Acks are not acknowledged themselves: this makes sure that the server has read them.
    await Promise.race([this.#connection.flush().catch(() => {}), delay(flushMs, undefined, { ref: false })]);
  }
}

/** Says what this worker can run, for those who submit by name alone. */
async function announce(publisher: Publisher, tasks: readonly TaskDefinition[]): Promise<void> {
  const inTime = AbortSignal.timeout(announceMs);
  for (const task of tasks) {
    const type = JSON.stringify(describeTask(task));
    await persist(() => publisher.publish(bucketSubject(names.taskTypes, task.name), type), inTime);
  }
}
