import { setTimeout as delay } from "node:timers/promises";
import { newTaskId } from "@linecook/protocol";
import { connectNats, type NatsConfig } from "@linecook/service";
import { provision, TaskClient, TasksError } from "@linecook/tasks";
import type { Logger } from "@linecook/telemetry";
import { ask } from "./ask.ts";
import { KnownTasks } from "./known-tasks.ts";

/** What the routes use of the engine. */
export type Tasks = Pick<
  TaskClient,
  "get" | "getEvent" | "lastSequence" | "submitJson" | "watch" | "watchAll"
> & {
  readonly artifacts: Pick<TaskClient["artifacts"], "get">;
  readonly queues: Pick<TaskClient["queues"], "state" | "workers">;
};

/** What stands behind HTTP. */
export interface Backend {
  readonly tasks: Tasks;
  readonly known: Pick<KnownTasks, "all" | "find">;
  /** Resolves when a task could be taken and read; throws with the reason when not. */
  ready(): Promise<void>;
}

// Within two seconds the client has its answer, whatever becomes of the submission.
const submitTimeoutMs = 1_500;
const retryMs = 1_000;

/** Connects to NATS, waits for it where it is not there yet, and makes the streams that are missing. */
export async function connectBackend(
  config: NatsConfig,
  runtime: { logger: Logger; signal: AbortSignal },
): Promise<Backend & AsyncDisposable> {
  const { logger, signal } = runtime;
  await using stack = new AsyncDisposableStack();
  const link = stack.use(await connectNats(config, { name: "gateway", logger, signal }));
  await untilDone("make its streams", runtime, () => provision(link.connection));
  const tasks = stack.use(await TaskClient.create(link.connection, { submitTimeoutMs }));
  const known = stack.use(new KnownTasks(tasks.types, logger));
  await untilDone("read what workers can run", runtime, () => known.reload());
  const owned = stack.move();
  return {
    tasks,
    known,
    async ready() {
      if (!link.connected) throw new Error("no connection to NATS");
      if (!(await answers(tasks))) throw new Error("NATS does not answer");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Whether NATS says of a task that never was that it is unknown: then its streams can be read. */
async function answers(tasks: Tasks): Promise<boolean> {
  try {
    await ask(tasks.get(newTaskId("probe")));
    return true;
  } catch (error) {
    return error instanceof TasksError && error.code === "not_found";
  }
}

/** Tries until it goes well: a broker that has just started may not be able to yet. */
async function untilDone(
  what: string,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
  work: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      return;
    } catch (error) {
      if (error instanceof TasksError && !error.retryable) throw error;
      logger.warn({ err: error }, `could not ${what}, trying again`);
    }
    await delay(retryMs, undefined, { signal }).catch(() => {});
  }
}
