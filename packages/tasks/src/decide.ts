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
 * whether the task has a later message, and the number of attempts that it may have. An attempt that began and was
 * neither settled nor given back counts as one that crashed, so that a task which kills its workers comes to an end;
 * unless it is excused: the server was away, and did not hear the signs of life of a worker that may be well.
 */
export function decide(
  asked: number,
  stored: { record: TaskRecord; sequence: number } | undefined,
  hasSuccessor: boolean,
  attempts: number,
  excused = false,
): Plan {
  const afterCrash = (crashed: number, sequence: number): Plan => {
    if (excused) return { step: "run", attempt: crashed, sequence };
    if (crashed >= attempts) return { step: "lose", attempt: crashed, sequence };
    return { step: "run", attempt: crashed + 1, sequence };
  };
  if (hasSuccessor) return { step: "ack" };
  if (stored === undefined) return afterCrash(asked, 0);
  const { record, sequence } = stored;
  if (isFinal(record.state)) return { step: "finish", record };
  // A record from before the asked attempt: that attempt crashed before it said that it runs.
  if (record.attempt < asked) return afterCrash(asked, sequence);
  if (record.state === "retrying") return { step: "reschedule", record, sequence };
  if (record.state === "running") return afterCrash(record.attempt, sequence);
  return { step: "run", attempt: record.attempt, sequence };
}
