import * as z from "zod";
import { lanes } from "./lane.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { taskNamePattern } from "./task-name.ts";

/** A JSON Schema, draft 2020-12. */
const jsonSchema = z.record(z.string(), z.unknown());

/** What workers say they can run: the value stored under the task's name in the `task_types` bucket. */
export const taskTypeSchema = z.object({
  task: z.string().regex(taskNamePattern).describe("The task's name."),
  description: z.string().describe("A sentence for people."),
  version: z.string().describe("Which contract the workers run."),
  input_schema: jsonSchema.describe("What a submission's input must match."),
  result_schema: jsonSchema.describe("What a result matches."),
  defaults: z
    .object({
      attempts: z.int().min(1).describe("How often it is tried."),
      timeout_ms: z.int().min(1).describe("How long one attempt may run."),
      ack_wait_ms: z.int().min(1).describe("How long the server waits for a sign of life of its worker."),
      lane: z.enum(lanes).describe("The lane of submissions that name none."),
    })
    .describe("Its rules."),
});

/** What workers say they can run: a task's name, its schemas and its defaults. */
export type TaskType = z.infer<typeof taskTypeSchema>;

/**
 * What a worker publishes about a task, so that others can validate and submit it without its code.
 * Throws a {@link ProtocolError} `bad_definition` when JSON Schema cannot say what the task's zod schemas do.
 */
export function describeTask(definition: TaskDefinition): TaskType {
  return {
    task: definition.name,
    description: definition.description,
    version: definition.version,
    input_schema: toJsonSchema(definition, "input"),
    result_schema: toJsonSchema(definition, "result"),
    defaults: {
      attempts: definition.attempts,
      timeout_ms: definition.timeoutMs,
      ack_wait_ms: definition.ackWaitMs,
      lane: definition.lane,
    },
  };
}

function toJsonSchema(definition: TaskDefinition, part: "input" | "result"): z.infer<typeof jsonSchema> {
  try {
    return z.toJSONSchema(definition[part], { io: part === "input" ? "input" : "output" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProtocolError(
      "bad_definition",
      `task ${definition.name}: its ${part} is not for JSON: ${reason}`,
      {
        cause,
      },
    );
  }
}
