import type { TaskDefinition, TaskRecord } from "@linecook/protocol";
import { backoffDelayMs } from "./backoff.ts";
import { keepDeadLetter } from "./dead-letter.ts";
import type { Delivery } from "./delivery.ts";
import { type Failure, permanentFailure } from "./failure.ts";
import { persist } from "./persist.ts";
import type { Publisher } from "./publisher.ts";
import type { RecordWriter } from "./record-writer.ts";
import { publishTask } from "./task-message.ts";
import { TasksError } from "./tasks-error.ts";

/** Who settles: one attempt, with what it was handed. */
export interface Settling {
  task: TaskDefinition;
  attempt: number;
  delivery: Delivery;
  writer: RecordWriter;
  publisher: Publisher;
  /** Aborts when the worker may wait no longer. */
  signal: AbortSignal;
}

// The order is always record, then next message, then ack. A worker that gets the message once more finds in the
// record how far this one came, and does only what is missing.

/** Ends a task well. */
export async function settleSuccess({ writer, delivery }: Settling, result: unknown): Promise<void> {
  const finished_at = new Date().toISOString();
  const written = await writer.end({ state: "succeeded", result, finished_at });
  if (written.outcome !== "superseded") delivery.ack();
}

/** Plans the next attempt of a task, or ends it as failed when it has none left or none could help. */
export async function settleFailure(settling: Settling, failure: Failure): Promise<void> {
  const { task, attempt } = settling;
  return failure.permanent || attempt >= task.attempts
    ? settleForGood(settling, failure)
    : settleRetry(settling, failure);
}

async function settleRetry(settling: Settling, { error }: Failure): Promise<void> {
  const { task, attempt, delivery, writer } = settling;
  const next_attempt_at = new Date(Date.now() + backoffDelayMs(task.backoff, attempt)).toISOString();
  const written = await writer.end({ state: "retrying", error, next_attempt_at });
  if (written.outcome === "stored") {
    try {
      await publishNext(settling, attempt + 1, next_attempt_at, written.sequence);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      return settleForGood(settling, permanentFailure("input_too_large", "too large to be sent once more"));
    }
  }
  if (written.outcome !== "superseded") delivery.ack();
}

async function settleForGood(settling: Settling, { error }: Failure): Promise<void> {
  const finished_at = new Date().toISOString();
  const written = await settling.writer.end({ state: "failed", error, finished_at });
  if (written.outcome === "stored") await bury(settling, { attempt: settling.attempt, error, finished_at });
  if (written.outcome !== "superseded") settling.delivery.ack();
}

/** Does what a worker left undone that settled the attempt but did not ack it. */
export async function resettle(
  settling: Omit<Settling, "writer" | "attempt" | "task">,
  record: TaskRecord,
  sequence: number,
): Promise<void> {
  if (record.state === "retrying") {
    const at = record.next_attempt_at ?? new Date().toISOString();
    await publishNext(settling, record.attempt + 1, at, sequence);
  } else if (record.state === "failed") {
    const error = record.error ?? { code: "unknown", message: "unknown" };
    await bury(settling, { ...record, error });
  }
  settling.delivery.ack();
}

type Publishing = Pick<Settling, "delivery" | "publisher" | "signal">;

async function publishNext(
  { delivery, publisher, signal }: Publishing,
  attempt: number,
  at: string,
  recordSequence: number,
): Promise<void> {
  const { taskId, lane, submittedAt, body } = delivery;
  const message = { taskId, lane, attempt, submittedAt, body, notBefore: new Date(at), recordSequence };
  await persist(() => publishTask(publisher, message), signal);
}

async function bury(
  { delivery, publisher, signal }: Publishing,
  end: Pick<TaskRecord, "attempt" | "finished_at"> & { error: NonNullable<TaskRecord["error"]> },
): Promise<void> {
  const failedAt = end.finished_at ?? new Date().toISOString();
  const why = { attempt: end.attempt, error: end.error, failedAt };
  try {
    await persist(() => keepDeadLetter(publisher, delivery, why), signal);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    // Published past the client, and so large that no header fits beside it: why it failed is kept, at least.
    await persist(() => keepDeadLetter(publisher, delivery, why, ""), signal);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof TasksError && error.code === "payload_too_large";
}
