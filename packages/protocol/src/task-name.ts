import { ProtocolError } from "./protocol-error.ts";

/** What a task may be called: lower-case words joined by underscores, 63 characters at the most. */
export const taskNamePattern: RegExp = /^[a-z][a-z0-9_]{0,62}$/;

/** Tells whether a text can name a task. */
export function isTaskName(text: string): boolean {
  return taskNamePattern.test(text);
}

/** Returns `name`, or throws a {@link ProtocolError} `bad_task_name` that says what a name looks like. */
export function checkTaskName<Name extends string>(name: Name): Name {
  if (isTaskName(name)) return name;
  throw new ProtocolError(
    "bad_task_name",
    `"${name}" cannot name a task: use 1 to 63 lower-case letters, digits and underscores, a letter first`,
  );
}
