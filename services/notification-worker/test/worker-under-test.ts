import { NatsServer } from "@linecook/nats-server";
import {
  deadSubject,
  headers,
  names,
  newTaskId,
  type TaskRecord,
  type TaskState,
  taskIdParts,
} from "@linecook/protocol";
import { connectNats } from "@linecook/service";
import { TaskClient } from "@linecook/tasks";
import { silentLogger } from "@linecook/telemetry";
import { jetstreamManager } from "@nats-io/jetstream";
import { createNotificationWorker, readConfig } from "../src/app.ts";

const logger = silentLogger();
const limitMs = 15_000;

/** A notification worker in this process, on a broker of its own, with a client beside it. */
export async function startWorker(variables: Record<string, string>) {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await NatsServer.start());
  const from = "Reports <reports@example.com>";
  const config = readConfig({ NATS_URL: nats.url, HTTP_PORT: "0", MAIL_FROM: from, ...variables });
  const link = stack.use(await connectNats(config.nats, { name: "test", logger }));
  const client = stack.use(await TaskClient.create(link.connection));
  const stopping = new AbortController();
  const worker = stack.use(await createNotificationWorker(config, { logger, signal: stopping.signal }));
  const manager = await jetstreamManager(link.connection);
  const owned = stack.move();

  /** Puts a body on the queue as it is, past every check of a client. */
  const submitRaw = (body: string) =>
    client.submitJson("send_email", body, { taskId: newTaskId("send_email") });

  return {
    client,
    worker,
    stopping,
    submitRaw,
    /** Waits until a task is in a state. */
    async reaches(taskId: string, state: TaskState): Promise<TaskRecord> {
      for await (const { record } of client.watch(taskId, { signal: AbortSignal.timeout(limitMs) })) {
        if (record.state === state) return record;
      }
      throw new Error(`${taskId} never was ${state}: ${JSON.stringify(await client.get(taskId))}`);
    },
    /** The dead letter of a task: its input, and the word for why. */
    async deadLetter(taskId: string) {
      const subject = deadSubject(taskIdParts(taskId));
      const letter = await manager.streams.getMessage(names.dead, { last_by_subj: subject });
      return letter && { body: letter.string(), code: letter.header.get(headers.errorCode) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
