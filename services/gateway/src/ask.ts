import { ProtocolError } from "@linecook/protocol";
import { TasksError } from "@linecook/tasks";
import { Problem } from "./problem.ts";

const limitMs = 1_500;

/**
 * Waits for an answer of NATS, for so long that a client hears within two seconds. What comes late, or fails for a
 * reason that is none of the engine's own, is that NATS is not there.
 */
export async function ask<Answer>(question: Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Problem("nats_unavailable", { cause: new Error(`no answer within ${limitMs} ms`) })),
    limitMs,
  );
  try {
    return await Promise.race([question, late]);
  } catch (error) {
    if (error instanceof TasksError || error instanceof ProtocolError || error instanceof Problem)
      throw error;
    throw new Problem("nats_unavailable", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
