import type { ParsedInput, TaskDefinition, TaskResult } from "@linecook/protocol";
import type { TaskContext } from "./task-context.ts";

/**
 * Runs one attempt of a task. Returning ends the task well; throwing fails the attempt, which is tried again after
 * the backoff while attempts are left; throwing a `PermanentError` ends the task at once.
 * It must leave off when `context.signal` aborts: the attempt timed out, lost its task to another worker, or the
 * worker stops. It can run twice for one task after a crash: make its effects idempotent by `context.taskId`.
 */
export type Handler<Task extends TaskDefinition> = (
  input: ParsedInput<Task>,
  context: TaskContext,
) => Promise<TaskResult<Task>> | TaskResult<Task>;

/** A task together with what runs it: what a `Worker` takes. Made by {@link handle}. */
export interface TaskHandler {
  readonly task: TaskDefinition;
  readonly run: (input: unknown, context: TaskContext) => Promise<unknown>;
}

/** Binds a handler to a task definition; its input and result are typed by the definition. */
export function handle<Task extends TaskDefinition>(task: Task, handler: Handler<Task>): TaskHandler {
  return { task, run: async (input, context) => handler(input as ParsedInput<Task>, context) };
}
