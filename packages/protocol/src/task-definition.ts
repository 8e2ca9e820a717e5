import type * as z from "zod";
import type { Lane } from "./lane.ts";
import { ProtocolError } from "./protocol-error.ts";
import { checkTaskName } from "./task-name.ts";

/** How long a failed attempt waits for the next: `minMs * factor ** (attempt - 1)`, at most `maxMs`, then jittered. */
export interface Backoff {
  /** The wait after the first failed attempt. */
  minMs: number;
  /** The longest wait. */
  maxMs: number;
  /** What the wait is multiplied by after each further attempt. */
  factor: number;
}

/** What `defineTask` takes. */
export interface TaskOptions<Name extends string, Input extends z.ZodType, Result extends z.ZodType> {
  /** The task's name: part of every subject, key and id of it. */
  name: Name;
  /** The shape of its input. */
  input: Input;
  /** The shape of its result. */
  result: Result;
  /** A sentence for people: it stands in the gateway's OpenAPI document. */
  description?: string;
  /** Told to those who list task types, so that they see which contract the workers run. @default "1" */
  version?: string;
  /** How often it is tried before it becomes a dead letter. @default 3 */
  attempts?: number;
  /** The waits between attempts. @default 1 s, doubled each time, 5 min at the most */
  backoff?: Partial<Backoff>;
  /** How long one attempt may run before it is aborted and counts as failed. @default 10 min */
  timeoutMs?: number;
  /** How long the server waits for a sign of life of a worker before it gives its task to another. @default 10 s */
  ackWaitMs?: number;
  /** The lane of submissions that name none. @default "normal" */
  lane?: Lane;
}

/** A task: its name, its types and its rules. The submitter and the worker share it; neither knows the other. */
export interface TaskDefinition<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly input: Input;
  readonly result: Result;
  readonly description: string;
  readonly version: string;
  readonly attempts: number;
  readonly backoff: Readonly<Backoff>;
  readonly timeoutMs: number;
  readonly ackWaitMs: number;
  readonly lane: Lane;
}

/** What a submitter passes: the input before the schema filled its defaults in. */
export type TaskInput<Task extends TaskDefinition> = z.input<Task["input"]>;

/** What a handler gets: the input after validation. */
export type ParsedInput<Task extends TaskDefinition> = z.output<Task["input"]>;

/** What a handler returns and a submitter reads. */
export type TaskResult<Task extends TaskDefinition> = z.output<Task["result"]>;

/**
 * Defines a task. Nothing happens yet: pass the definition to `TaskClient.submit` and to a `Worker`.
 * Throws a `ProtocolError` when the name or a number makes no sense.
 */
export function defineTask<const Name extends string, Input extends z.ZodType, Result extends z.ZodType>(
  options: TaskOptions<Name, Input, Result>,
): TaskDefinition<Name, Input, Result> {
  const definition: TaskDefinition<Name, Input, Result> = {
    name: checkTaskName(options.name),
    input: options.input,
    result: options.result,
    description: options.description ?? "",
    version: options.version ?? "1",
    attempts: options.attempts ?? 3,
    backoff: { minMs: 1_000, maxMs: 300_000, factor: 2, ...options.backoff },
    timeoutMs: options.timeoutMs ?? 600_000,
    ackWaitMs: options.ackWaitMs ?? 10_000,
    lane: options.lane ?? "normal",
  };
  checkWhole(definition, "attempts", definition.attempts, 1, 1_000);
  checkWhole(definition, "timeoutMs", definition.timeoutMs, 1, 7 * 86_400_000);
  checkWhole(definition, "ackWaitMs", definition.ackWaitMs, 500, 30_000);
  check(definition, "backoff.minMs", definition.backoff.minMs, 0, 86_400_000);
  check(definition, "backoff.maxMs", definition.backoff.maxMs, definition.backoff.minMs, 7 * 86_400_000);
  check(definition, "backoff.factor", definition.backoff.factor, 1, 100);
  return definition;
}

function checkWhole(task: TaskDefinition, option: string, value: number, least: number, most: number): void {
  check(task, option, value, least, most);
  if (Number.isInteger(value)) return;
  throw new ProtocolError(
    "bad_definition",
    `task ${task.name}: ${option} is ${value}, it must be a whole number`,
  );
}

function check(task: TaskDefinition, option: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new ProtocolError(
    "bad_definition",
    `task ${task.name}: ${option} is ${value}, it must lie between ${least} and ${most}`,
  );
}
