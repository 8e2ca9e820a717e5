import { consumerName, lanes, parseTaskSubject, workerKey } from "@linecook/protocol";
import type { Logger } from "@linecook/telemetry";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { Artifacts } from "./artifacts.ts";
import { Attempt, type AttemptTools } from "./attempt.ts";
import { Delivery } from "./delivery.ts";
import type { TaskHandler } from "./handler.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Intake } from "./intake.ts";
import { MessageStore } from "./message-store.ts";
import { Outages } from "./outages.ts";
import { Publisher } from "./publisher.ts";
import { RecordStore } from "./record-store.ts";
import { Running } from "./running.ts";

/** What a worker is built of, for one connection. */
export interface WorkerParts {
  publisher: Publisher;
  running: Running;
  intake: Intake;
  heartbeat: Heartbeat;
  outages: Outages;
  /** Aborts what still waits for NATS when the worker may wait no longer. */
  hardStop: AbortController;
}

/** What the parts are made with. */
export interface WorkerSettings {
  handlers: readonly TaskHandler[];
  service: string;
  instance: string;
  slots: number;
  logger: Logger;
  /** Makes on the server what is missing there. */
  repair: () => Promise<void>;
}

/** How many signs of life fit into an ack wait: two may be lost. */
const signsPerAckWait = 3;

/** Builds the parts of a worker, bottom up. Nothing is pulled yet. */
export async function buildWorker(
  connection: NatsConnection,
  settings: WorkerSettings,
): Promise<WorkerParts> {
  const { service, instance, slots, logger } = settings;
  const tasks = settings.handlers.map((handler) => handler.task);
  const publisher = new Publisher(connection);
  const hardStop = new AbortController();
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const outages = new Outages(connection, () => running.sayWorking());
  const tools: AttemptTools = {
    records: new RecordStore(publisher, manager, () => void settings.repair()),
    messages: new MessageStore(manager),
    publisher,
    artifacts: new Artifacts(connection),
    outages,
    logger,
    worker: workerKey(service, instance),
    hardStop: hardStop.signal,
  };

  const handlers = new Map(settings.handlers.map((handler) => [handler.task.name, handler]));
  const shortestAckWaitMs = Math.min(...tasks.map((task) => task.ackWaitMs));
  const running = new Running(slots, shortestAckWaitMs / signsPerAckWait, () => intake.notify());
  const intake = new Intake({
    connection,
    groups: lanes.map((lane) => tasks.map((task) => consumerName(task.name, lane))),
    free: () => running.free,
    onMessage: (message) => {
      const delivery = Delivery.of(connection, message);
      const handler = handlers.get(parseTaskSubject(message.subject)?.task ?? "");
      if (delivery === undefined || handler === undefined) return;
      running.take(delivery, () => new Attempt(handler, delivery, tools));
    },
    onFullHouse: () => running.giveBackHeld(),
    onTrouble: (consumer) => {
      logger.warn({ consumer }, "the server dropped a pull; asking again");
      void settings.repair();
    },
  });

  const started_at = new Date().toISOString();
  const identity = { service, instance, tasks: tasks.map((task) => task.name), slots, started_at };
  const heartbeat = new Heartbeat(publisher, identity, () => running.size);
  return { publisher, running, intake, heartbeat, outages, hardStop };
}
