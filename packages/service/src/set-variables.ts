/** The variables of a process: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Leaves out the variables that are not set, or to nothing. */
export function setVariables(env: Environment): Record<string, string> {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ""] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ""));
}
