import { inspect } from "node:util";
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
  return {
    error: { code: codeOf(thrown), message: brief(textOf(thrown)) },
    permanent: thrown instanceof PermanentError,
  };
}

/** A failure that trying again cannot mend. */
export function permanentFailure(code: string, message: string): Failure {
  return { error: { code, message: brief(message) }, permanent: true };
}

/** Anything can be thrown, also what has no text or throws when it is asked for it. */
function textOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? thrown.message || thrown.name : thrown;
    return typeof text === "string" ? text : inspect(text);
  } catch {
    return "something was thrown that cannot be shown";
  }
}

/** Cut in the middle of a character, a text would be no UTF-8. */
function brief(text: string): string {
  return text.slice(0, longestMessage).toWellFormed();
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Interruption) return thrown.kind;
  if (!(thrown instanceof Error) || !("code" in thrown)) return "handler_error";
  return typeof thrown.code === "string" && thrown.code.length <= 64 ? thrown.code : "handler_error";
}
