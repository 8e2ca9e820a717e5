import { Problem } from "./problem.ts";

/** The sequence that a client has seen last, from its `Last-Event-ID`. Throws a `Problem` when that is none. */
export function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === "") return undefined;
  const sequence = typeof header === "string" && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (sequence !== undefined) return sequence;
  throw new Problem("bad_header", { detail: "Last-Event-ID: expected the id of an event of this system." });
}
