import type { TaskState } from "@linecook/protocol";
import { TasksError } from "@linecook/tasks";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import type { Tasks } from "../backend.ts";
import { idempotentTaskId } from "../idempotency.ts";
import { json, optional, pathParameter, problemResponses, reference } from "../openapi/operation.ts";
import { Problem } from "../problem.ts";
import type { RouteParts } from "../server-parts.ts";
import { readSubmission, submissionSchema } from "../submission.ts";

export const submitOperation = {
  operationId: "submit_task",
  summary: "Submit any task",
  description: "The input is checked against the schema that the workers of the task published.",
  tags: ["submit"],
  parameters: [
    pathParameter("task", "The name of the task."),
    optional(
      "header",
      "Idempotency-Key",
      "A random text, such as a UUID. The same task, key and input again is the same task, as long as its record is kept.",
      { type: "string", minLength: 1, maxLength: 255 },
    ),
  ],
  requestBody: {
    required: true,
    content: { "application/json": { schema: submissionSchema, example: { input: {} } } },
  },
  responses: {
    202: json("Accepted: it is stored. `Location` is where it can be followed.", reference("Accepted")),
    ...problemResponses(
      "malformed_json",
      "bad_header",
      "unknown_task",
      "body_too_large",
      "unsupported_media_type",
      "invalid_input",
      "nats_unavailable",
      "store_full",
      "broken_schema",
    ),
  },
};

const accepted = {
  type: "object",
  properties: { task_id: { type: "string" }, state: { type: "string" } },
};

/** `POST /v1/tasks/{task}`: hands in a task that workers have said they can run. */
export function submitTask(app: FastifyInstance, { backend }: RouteParts): void {
  app.post<{ Params: { task: string } }>(
    "/v1/tasks/:task",
    { config: { operation: submitOperation }, schema: { response: { 202: accepted } } },
    async (request, reply) => {
      const { tasks, known } = backend();
      const name = request.params.task;
      const task = known.all.get(name) ?? (await known.find(name));
      if (task === undefined) throw new Problem("unknown_task");
      const { input, ...options } = readSubmission(task, request.body);
      const body = JSON.stringify(input);
      const key = request.headers["idempotency-key"];
      let taskId = typeof key === "string" ? idempotentTaskId(name, key, body) : undefined;
      let state = taskId === undefined ? undefined : await stateOf(tasks, taskId);
      if (state === undefined) {
        taskId = await tasks.submitJson(name, body, taskId === undefined ? options : { ...options, taskId });
        state = options.runAt === undefined ? "queued" : "scheduled";
      }
      reply.code(202).header("location", `/v1/tasks/${taskId}`).header("retry-after", "1");
      return { task_id: taskId, state };
    },
  );
}

/** How a task stands that may have been submitted before. */
async function stateOf(tasks: Tasks, taskId: string): Promise<TaskState | undefined> {
  try {
    return (await ask(tasks.get(taskId))).state;
  } catch (error) {
    if (error instanceof TasksError && error.code === "not_found") return undefined;
    throw error;
  }
}
