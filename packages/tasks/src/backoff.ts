import type { Backoff } from "@linecook/protocol";

/**
 * How long to wait after `attempt` failed, in ms: exponential, bounded, with "equal jitter" (half fixed, half random),
 * so that tasks that failed together are not tried again together.
 * Source of the rule: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffDelayMs(
  backoff: Backoff,
  attempt: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(backoff.maxMs, backoff.minMs * backoff.factor ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
