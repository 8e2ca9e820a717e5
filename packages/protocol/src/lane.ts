/** The priorities of a task, the most urgent first: a worker takes from a lane when those before it are empty. */
export const lanes = ["high", "normal", "low"] as const;

/** The priority of a task. */
export type Lane = (typeof lanes)[number];

/** Tells whether a text names a lane. */
export function isLane(text: string): text is Lane {
  return (lanes as readonly string[]).includes(text);
}
