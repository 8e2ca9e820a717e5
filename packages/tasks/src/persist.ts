import { setTimeout as delay } from "node:timers/promises";
import { TasksError } from "./tasks-error.ts";

/**
 * Does what must be done, again after 50 ms, then 100 ms … 1 s while NATS cannot. When `signal` aborts, throws why it
 * could not.
 */
export async function persist<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TasksError) || !error.retryable) throw error;
      await delay(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}
