import {
  attemptMessageId,
  headers as header,
  isInstant,
  type Lane,
  laterSubject,
  taskIdParts,
  taskSubject,
} from "@linecook/protocol";
import { contextOf, endSpan, failSpan, injectContext, startPublishSpan } from "@linecook/telemetry";
import { type MsgHdrs, headers as newHeaders } from "nats";
import type { Publisher, Stored } from "./publisher.ts";

/** One attempt of a task, to be handed to the stream. */
export interface TaskMessage {
  taskId: string;
  lane: Lane;
  attempt: number;
  /** RFC 3339. */
  submittedAt: string;
  /** The input as JSON. */
  body: string | Uint8Array;
  /** When the server hands it to the workers. @default at once */
  notBefore?: Date | undefined;
  /** The sequence of the task's record, when it has one. */
  recordSequence?: number | undefined;
}

/**
 * Publishes one attempt of a task: the first by a submitter, the others by the worker whose attempt failed.
 * Within the dedupe window a second publish of the same attempt is stored once.
 */
export async function publishTask(
  publisher: Publisher,
  message: TaskMessage,
  timeoutMs?: number,
): Promise<Stored> {
  const { taskId, lane, attempt } = message;
  const messageId = attemptMessageId(taskId, attempt);
  const span = startPublishSpan({ task: taskIdParts(taskId).task, taskId, attempt, lane, messageId });
  const carrier = newHeaders();
  carrier.set(header.messageId, messageId);
  carrier.set(header.attempt, String(attempt));
  carrier.set(header.submittedAt, message.submittedAt);
  if (message.recordSequence !== undefined) {
    carrier.set(header.recordSequence, String(message.recordSequence));
  }
  injectContext(carrier, contextOf(span));
  const target = taskSubject(taskId, lane);
  let subject = target;
  if (message.notBefore !== undefined) {
    subject = laterSubject(taskId, lane);
    carrier.set(header.schedule, `@at ${message.notBefore.toISOString()}`);
    carrier.set(header.scheduleTarget, target);
  }
  try {
    const stored = await publisher.publish(subject, message.body, { headers: carrier, timeoutMs });
    endSpan(span);
    return stored;
  } catch (error) {
    failSpan(span, error);
    throw error;
  }
}

/** The attempt that a task message asks for; one of a client that says nothing asks for the first. */
export function attemptOf(headers: MsgHdrs | undefined): number {
  const attempt = Number(headers?.get(header.attempt) ?? "");
  return Number.isSafeInteger(attempt) && attempt >= 1 ? attempt : 1;
}

/** When a task was submitted: as its submitter said, or else when its message was stored. RFC 3339. */
export function submittedAtOf(headers: MsgHdrs | undefined, storedAt: Date): string {
  const said = headers?.get(header.submittedAt) ?? "";
  return isInstant(said) ? said : storedAt.toISOString();
}
