import { setTimeout as delay } from "node:timers/promises";

/** Waits until a condition holds; throws, with what it last saw, when it does not within `timeoutMs`. */
export async function until<Seen>(
  look: () => Promise<Seen> | Seen,
  holds: (seen: Seen) => boolean,
  timeoutMs: number,
): Promise<Seen> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(seen)}`);
    await delay(50);
  }
}
