import type { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { shown } from "./secrets.ts";

/** The variables of a process: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Schemas over the flat environment, by the name that each has in the configuration. */
export type VariableGroups = Readonly<Record<string, z.ZodType>>;

/** What {@link readEnvironment} makes of groups: the output of each under its name. */
export type Configuration<Groups extends VariableGroups> = {
  [Name in keyof Groups]: z.output<Groups[Name]>;
};

/**
 * Reads the environment: flat in, nested and typed out. Each group is a schema over all variables that picks
 * its own, such as {@link natsVariables}; an empty variable counts as one that is not set.
 *
 * Throws one `ConfigError` that names every bad variable of every group.
 */
export function readEnvironment<Groups extends VariableGroups>(
  groups: Groups,
  env: Environment,
): Configuration<Groups> {
  const variables = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const problems = new Set<string>();
  const configuration: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(groups)) {
    const result = schema.safeParse(variables);
    if (result.success) configuration[name] = result.data;
    else for (const issue of result.error.issues) problems.add(explain(issue, variables));
  }
  if (problems.size > 0) throw new ConfigError([...problems]);
  return configuration as Configuration<Groups>;
}

function explain(issue: z.core.$ZodIssue, variables: Environment): string {
  const name = String(issue.path[0] ?? "environment");
  const value = variables[name];
  const problem = issue.message.replace(/^Invalid \w+: /, "").replace(/, received \w+$/, "");
  return `${name} ${value === undefined ? "is not set" : shown(name, value)}: ${problem}`;
}
