import { setTimeout as delay } from "node:timers/promises";
import { describeExit, type ServiceExit } from "../service-process.ts";

/** A process that is to run for as long as the person wants. */
export interface Kept {
  name: string;
  /** Resolves when the present run has ended. */
  ended: () => Promise<ServiceExit>;
  /** Begins the next run, and resolves when that is ready; throws when it does not come to it. */
  again: () => Promise<void>;
  /** Aborted when the process is meant to end. */
  signal: AbortSignal;
  say: (line: string) => void;
}

/** How often it may end soon after its start, and how long it waits. */
export interface Patience {
  /** @default 5 */
  quickDeaths?: number;
  /** A run that was longer counts as a good one. @default 30000 */
  quickMs?: number;
  /** The wait after the first death, doubled after each further one. @default 500 */
  waitMs?: number;
}

/** Starts a process again whenever it ends by itself; gives up when it ends again and again. Never throws. */
export async function keepRunning(kept: Kept, patience: Patience = {}): Promise<void> {
  const { name, signal, say } = kept;
  const { quickDeaths = 5, quickMs = 30_000, waitMs = 500 } = patience;
  let deaths = 0;
  let since = Date.now();
  while (true) {
    const exit = describeExit(await kept.ended());
    if (signal.aborted) return;
    deaths = Date.now() - since < quickMs ? deaths + 1 : 1;
    if (deaths > quickDeaths) {
      say(
        `${name} ended ${deaths} times in a row (${exit}) and is not started again; see what it said above`,
      );
      return;
    }
    const pauseMs = waitMs * 2 ** (deaths - 1);
    say(`${name} ended (${exit}); it is started again in ${pauseMs / 1_000} s`);
    await delay(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    since = Date.now();
    try {
      await kept.again();
      say(`${name} is back`);
    } catch {
      // Its end, at the top of the loop, tells more.
    }
  }
}
