import type { TaskRecord, TaskState } from "@linecook/protocol";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { json, pathParameter, problemResponses } from "../openapi/operation.ts";
import type { RouteParts } from "../server-parts.ts";

const statuses: Readonly<Record<Exclude<TaskState, "succeeded">, string>> = {
  scheduled: "PENDING",
  queued: "PENDING",
  running: "STARTED",
  retrying: "RETRY",
  failed: "FAILURE",
  cancelled: "REVOKED",
};

const operation = {
  operationId: "task_status",
  summary: "The status of a report",
  tags: ["reports"],
  parameters: [pathParameter("task_id", "What `POST /start-report/{user_id}` answered.")],
  responses: {
    200: json("`completed` with the result, or one of the other words.", {
      type: "object",
      required: ["status"],
      properties: {
        status: { enum: ["completed", ...new Set(Object.values(statuses))] },
        result: { description: "What the task returned, when it is completed." },
      },
    }),
    ...problemResponses("task_not_found", "nats_unavailable"),
  },
};

/** `GET /task-status/{task_id}`: how a report stands, in one word, with its result when there is one. */
export function taskStatus(app: FastifyInstance, { backend }: RouteParts): void {
  app.get<{ Params: { task_id: string } }>(
    "/task-status/:task_id",
    { config: { operation } },
    async (request) => statusOf(await ask(backend().tasks.get(request.params.task_id))),
  );
}

function statusOf({ state, result }: TaskRecord): { status: string; result?: unknown } {
  return state === "succeeded" ? { status: "completed", result } : { status: statuses[state] };
}
