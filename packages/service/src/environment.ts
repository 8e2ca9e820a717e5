import type * as z from "zod";
import { ConfigError } from "./config-error.ts";
import { processVariables } from "./process-variables.ts";
import { shown } from "./secrets.ts";
import { type Environment, setVariables } from "./set-variables.ts";

/** Schemas over the flat environment, by the name that each has in the configuration. */
export type VariableGroups = Readonly<Record<string, z.ZodType>>;

/** What {@link readEnvironment} makes of groups: the output of each under its name. */
export type Configuration<Groups extends VariableGroups> = {
  [Name in keyof Groups]: z.output<Groups[Name]>;
};

/**
 * Reads the environment: flat in, nested and typed out. Each group is a schema over all variables that picks
 * its own, such as {@link natsVariables}. Blanks around a value are dropped, and an empty one is not set.
 *
 * Throws one `ConfigError` that names every bad variable: of every group, and of those that {@link run} reads.
 */
export function readEnvironment<Groups extends VariableGroups>(
  groups: Groups,
  env: Environment,
): Configuration<Groups> {
  const variables = setVariables(env);
  const parsed = Object.entries(groups).map(([name, schema]) => [name, schema.safeParse(variables)] as const);
  const results = [processVariables.safeParse(variables), ...parsed.map(([, result]) => result)];
  const problems = results
    .flatMap(({ error }) => error?.issues ?? [])
    .map((issue) => explain(issue, variables));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return Object.fromEntries(parsed.map(([name, result]) => [name, result.data])) as Configuration<Groups>;
}

function explain(issue: z.core.$ZodIssue, variables: Environment): string {
  const name = String(issue.path[0] ?? "");
  const value = variables[name];
  const expected = issue.message.replace(/^Invalid \w+: /, "").replace(/, received \w+$/, "");
  return `${name} ${value === undefined ? "is not set" : shown(name, value)}: ${expected}`;
}
