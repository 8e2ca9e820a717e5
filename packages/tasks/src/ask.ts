import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "nats";
import { TasksError } from "./tasks-error.ts";

/** Asks the server, and throws a {@link TasksError} when it cannot be asked or will not answer. */
export async function ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (cause) {
    throw whyNot(what, cause);
  }
}

function whyNot(what: string, cause: unknown): unknown {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof errors.TimeoutError) {
    return new TasksError("timeout", `${what}: no answer from the server in time`, { cause });
  }
  if (cause instanceof errors.ClosedConnectionError || cause instanceof errors.DrainingConnectionError) {
    return new TasksError("closed", `${what}: the connection is closed`, { cause });
  }
  if (cause instanceof errors.RequestError || cause instanceof errors.NoRespondersError) {
    return new TasksError("refused", `${what}: nobody answers, is JetStream up and provisioned?`, { cause });
  }
  if (cause instanceof JetStreamApiError) return new TasksError("refused", `${what}: ${said}`, { cause });
  return cause;
}
