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

const taskProgressSchema = z.object({
  fraction: z.number().min(0).max(1).describe("From 0 to 1."),
  message: z.string().max(500).optional().describe("What is being done now, in a few words."),
});

/** How far a running task is: a fraction from 0 to 1, and a few words. */
export type TaskProgress = z.infer<typeof taskProgressSchema>;

const taskErrorSchema = z.object({
  code: z.string().describe("A stable word for programs."),
  message: z.string().describe("A sentence for people."),
});

/** Why an attempt or a task failed: a stable word for programs, a sentence for people. */
export type TaskError = z.infer<typeof taskErrorSchema>;

/** The state of one task: the value stored under its key in the `task_state` bucket. */
export const taskRecordSchema = z.object({
  task_id: z.string().regex(taskIdPattern).describe("The task's id."),
  task: z.string().regex(taskNamePattern).describe("The task's name."),
  state: z.enum(taskStates).describe("Where the task stands."),
  attempt: z
    .int()
    .min(1)
    .describe("The attempt that runs, ran last, or comes next when none ran; the first is 1."),
  progress: taskProgressSchema.optional().describe("How far it is, while `running`."),
  result: z.unknown().optional().describe("What the handler returned, when `succeeded`."),
  error: taskErrorSchema.optional().describe("Why the last attempt failed, when `retrying` or `failed`."),
  submitted_at: instant.describe("When the submitter published it, by the submitter's clock."),
  started_at: instant.optional().describe("When the attempt began."),
  finished_at: instant.optional().describe("When the state became final."),
  next_attempt_at: instant
    .optional()
    .describe("When the next attempt is due, while `retrying` or `scheduled`."),
  worker: z.string().optional().describe("The key of the worker that wrote the record."),
  trace_id: z.string().optional().describe("The W3C trace id, 32 hex digits, when the task is traced."),
  traceparent: z.string().optional().describe("The W3C context of the write of this record."),
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
