import * as z from "zod";
import { type Failure, Interruption, permanentFailure } from "./failure.ts";
import type { TaskHandler } from "./handler.ts";
import type { TaskContext } from "./task-context.ts";

/**
 * Runs a handler on the body of a message and returns its result. Throws what the handler threw, a {@link Refused} for a
 * body or result that its schema refuses, or the `Interruption` that broke it off: by `abort`, or by the task's timeout.
 */
export async function callHandler(
  { task, run }: TaskHandler,
  body: string,
  context: TaskContext,
  abort: AbortController,
): Promise<unknown> {
  abort.signal.throwIfAborted();
  const input = parse(task.input, parseJson(body), "invalid_input");
  const overtime = new Interruption("timeout", `the attempt took longer than ${task.timeoutMs} ms`);
  const timer = setTimeout(() => abort.abort(overtime), task.timeoutMs);
  try {
    const result = await Promise.race([run(input, context), interruption(abort.signal)]);
    return parse(task.result, result, "invalid_result");
  } finally {
    clearTimeout(timer);
  }
}

/** A body or a result that its schema refuses: trying again cannot help. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(code: string, message: string) {
    super(message);
    this.failure = permanentFailure(code, message);
  }
}

function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused("invalid_json", "the task's body is not JSON");
  }
}

function parse(schema: z.ZodType, value: unknown, code: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(code, z.prettifyError(parsed.error));
}
