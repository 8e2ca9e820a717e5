import type { TaskError } from "@linecook/protocol";
import { PermanentError } from "./tasks-error.ts";

/** Why an attempt was broken off from outside its handler. */
export class Interruption extends Error {
  override readonly name = "AbortError";
  readonly kind: "timeout" | "lost" | "shutdown";

  constructor(kind: Interruption["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** How an attempt failed, and whether another may help. */
export interface Failure {
  error: TaskError;
  permanent: boolean;
}

const longestMessage = 2_000;

/** What a task's record says of something that a handler threw. */
export function failureOf(thrown: unknown): Failure {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const error = { code: codeOf(thrown), message: message.slice(0, longestMessage) };
  return { error, permanent: thrown instanceof PermanentError };
}

/** A failure that trying again cannot mend. */
export function permanentFailure(code: string, message: string): Failure {
  return { error: { code, message: message.slice(0, longestMessage) }, permanent: true };
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Interruption) return thrown.kind;
  if (!(thrown instanceof Error) || !("code" in thrown)) return "handler_error";
  return typeof thrown.code === "string" && thrown.code.length <= 64 ? thrown.code : "handler_error";
}
