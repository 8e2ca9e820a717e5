import { isFinal, type TaskRecord } from "@linecook/protocol";

/** What a worker does with a message that was handed out before. */
export type Plan =
  /** Run this attempt. The message was out before, so say so in the record first: the next crash can be counted. */
  | { readonly step: "run"; readonly attempt: number; readonly sequence: number }
  /** The attempt is settled and its retry perhaps not sent: send it again. */
  | { readonly step: "reschedule"; readonly record: TaskRecord; readonly sequence: number }
  /** The task has ended: do what may be missing after that. */
  | { readonly step: "finish"; readonly record: TaskRecord }
  /** The next attempt has its own message: this one was settled, and only its ack is missing. */
  | { readonly step: "ack" }
  /** The last attempt took its worker with it: the task has failed. */
  | { readonly step: "lose"; readonly attempt: number; readonly sequence: number };

/**
 * Decides what to do with a message that the server hands out again, from the attempt it asks for, the task's record,
 * whether the task has a later message, and the number of attempts that it may have. An attempt that is `running` by its
 * record and was neither settled nor given back counts as one that crashed, so that a task which kills its workers comes
 * to an end; unless it is excused: the server was away, and did not hear the signs of life of a worker that may be well.
 *
 * An attempt that no record speaks of counts as not begun: the server may have handed the message to a pull that was
 * withdrawn in that moment. What runs after that is in the record first, so a crash goes uncounted once at the most.
 */
export function decide(
  asked: number,
  stored: { record: TaskRecord; sequence: number } | undefined,
  hasSuccessor: boolean,
  attempts: number,
  excused = false,
): Plan {
  if (hasSuccessor) return { step: "ack" };
  if (stored === undefined) return { step: "run", attempt: asked, sequence: 0 };
  const { record, sequence } = stored;
  if (isFinal(record.state)) return { step: "finish", record };
  if (record.attempt < asked) return { step: "run", attempt: asked, sequence };
  if (record.state === "retrying") return { step: "reschedule", record, sequence };
  const crashed = record.state === "running" && !excused;
  if (!crashed) return { step: "run", attempt: record.attempt, sequence };
  if (record.attempt >= attempts) return { step: "lose", attempt: record.attempt, sequence };
  return { step: "run", attempt: record.attempt + 1, sequence };
}
