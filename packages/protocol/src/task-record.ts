import * as z from "zod";
import { ProtocolError } from "./protocol-error.ts";
import { taskIdPattern } from "./task-id.ts";
import { taskNamePattern } from "./task-name.ts";

/** The states of a task, in the order in which it can pass them; `retrying` leads back to `running`. */
export const taskStates = [
  "scheduled",
  "queued",
  "running",
  "retrying",
  "succeeded",
  "failed",
  "cancelled",
] as const;

/** Where a task stands. */
export type TaskState = (typeof taskStates)[number];

/** The states that are written once and never left. */
export const finalStates = ["succeeded", "failed", "cancelled"] as const;

/** A state that a task never leaves. */
export type FinalState = (typeof finalStates)[number];

/** Tells whether a state is never left. */
export function isFinal(state: TaskState): state is FinalState {
  return (finalStates as readonly TaskState[]).includes(state);
}

const instant = z.iso.datetime({ offset: true });

/** Tells whether a text is a moment as records tell it (RFC 3339). */
export function isInstant(text: string): boolean {
  return instant.safeParse(text).success;
}

/** How far a running task is. */
export const taskProgressSchema = z.object({
  /** From 0 to 1. */
  fraction: z.number().min(0).max(1),
  /** What is being done now, in a few words. */
  message: z.string().max(500).optional(),
});

/** How far a running task is: a fraction from 0 to 1, and a few words. */
export type TaskProgress = z.infer<typeof taskProgressSchema>;

/** Why an attempt or a task failed. */
export const taskErrorSchema = z.object({
  /** A stable word for programs. */
  code: z.string(),
  /** A sentence for people. */
  message: z.string(),
});

/** Why an attempt or a task failed: a stable word for programs, a sentence for people. */
export type TaskError = z.infer<typeof taskErrorSchema>;

/** The state of one task: the value stored under its key in the `task_state` bucket. */
export const taskRecordSchema = z.object({
  task_id: z.string().regex(taskIdPattern),
  task: z.string().regex(taskNamePattern),
  state: z.enum(taskStates),
  /** The attempt that runs, ran last, or comes next when none ran; the first is 1. */
  attempt: z.int().min(1),
  progress: taskProgressSchema.optional(),
  result: z.unknown().optional(),
  error: taskErrorSchema.optional(),
  /** When the submitter published it, by the submitter's clock (RFC 3339). */
  submitted_at: instant,
  started_at: instant.optional(),
  finished_at: instant.optional(),
  /** When the next attempt is due, while `retrying` or `scheduled`. */
  next_attempt_at: instant.optional(),
  /** `<service>.<instance>` of the worker that wrote the record. */
  worker: z.string().optional(),
  /** The W3C trace id, 32 hex digits, when the task is traced. */
  trace_id: z.string().optional(),
  /** The W3C context of the write of this record. */
  traceparent: z.string().optional(),
});

/** The state of one task, as it is stored and as `GET /v1/tasks/{id}` answers it. */
export type TaskRecord = z.infer<typeof taskRecordSchema>;

/** Reads a stored record. Throws a {@link ProtocolError} `bad_record` that names what is wrong with it. */
export function parseTaskRecord(json: string): TaskRecord {
  const value = parseJson(json);
  const parsed = taskRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("bad_record", `stored task record: ${z.prettifyError(parsed.error)}`);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ProtocolError("bad_record", "stored task record: it is not JSON", { cause });
  }
}
