import {
  consumerFilter,
  consumerName,
  type Lane,
  lanes,
  names,
  type WorkerHeartbeat,
  workerHeartbeatSchema,
  workerKey,
} from "@linecook/protocol";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { readBucket } from "./bucket-reader.ts";
import { isRefusedFor } from "./server-codes.ts";

/** How one lane of a task stands. */
export interface QueueState {
  task: string;
  lane: Lane;
  /** How many tasks wait for a worker. */
  waiting: number;
  /** How many are with a worker. */
  in_flight: number;
  /** For how long the first of those that wait has waited; absent when none waits. */
  oldest_age_ms?: number;
}

/** Tells how much waits, and who works. */
export class QueueReader {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.#manager = manager;
  }

  /** Depth, work in flight and oldest age of each lane of these tasks; a lane that no worker ever served is left out. */
  async state(tasks: readonly string[]): Promise<QueueState[]> {
    const all = tasks.flatMap((task) => lanes.map((lane) => this.#lane(task, lane)));
    return (await Promise.all(all)).filter((state) => state !== undefined);
  }

  /** The workers that gave a sign of life within the last 15 s. */
  async workers(): Promise<WorkerHeartbeat[]> {
    return readBucket(this.#connection, names.workers, workerHeartbeatSchema, ({ service, instance }) =>
      workerKey(service, instance),
    );
  }

  async #lane(task: string, lane: Lane): Promise<QueueState | undefined> {
    try {
      const info = await this.#manager.consumers.info(names.tasks, consumerName(task, lane));
      const state = { task, lane, waiting: info.num_pending, in_flight: info.num_ack_pending };
      if (info.num_pending === 0) return state;
      const first = await this.#manager.direct.getMessage(names.tasks, {
        seq: info.delivered.stream_seq + 1,
        next_by_subj: consumerFilter(task, lane),
      });
      if (first === null) return state;
      return { ...state, oldest_age_ms: Math.max(0, Date.now() - Date.parse(first.timestamp)) };
    } catch (error) {
      if (isRefusedFor(error, "noConsumer", "noStream")) return undefined;
      throw error;
    }
  }
}
