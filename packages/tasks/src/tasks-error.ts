/** What can go wrong in the engine; the table with what to do is in docs/reference/errors.md. */
export type TasksErrorCode =
  | "artifact_not_found"
  | "bad_artifact_name"
  | "closed"
  | "conflict"
  | "disconnected"
  | "invalid_input"
  | "invalid_result"
  | "not_found"
  | "payload_too_large"
  | "refused"
  | "rejected"
  | "shrinks_data"
  | "store_full"
  | "task_failed"
  | "timeout";

const retryable: ReadonlySet<TasksErrorCode> = new Set(["disconnected", "refused", "store_full", "timeout"]);

/** An error of the engine. `code` is stable; `retryable` tells whether the same call can succeed later. */
export class TasksError extends Error {
  override readonly name = "TasksError";
  readonly code: TasksErrorCode;
  readonly retryable: boolean;

  constructor(code: TasksErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = retryable.has(code);
  }
}

/**
 * Throw it from a handler when trying again cannot help: the task fails at once, whatever attempts are left,
 * and becomes a dead letter with this code and message.
 */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
  /** The stable word that the task's record carries. */
  readonly code: string;

  /** @param options.code The stable word that the task's record carries. @default "permanent" */
  constructor(message: string, options: ErrorOptions & { code?: string } = {}) {
    super(message, options);
    this.code = options.code ?? "permanent";
  }
}
