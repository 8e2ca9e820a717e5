import { isFinal } from "@linecook/protocol";
import type { TaskEvent } from "@linecook/tasks";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import type { Tasks } from "../backend.ts";
import { traceDelivery } from "../deliver.ts";
import { json, optional, pathParameter, problemResponses, reference } from "../openapi/operation.ts";
import { preferredWaitS } from "../prefer.ts";
import { Problem } from "../problem.ts";
import { requestEnd } from "../request-end.ts";
import type { RouteParts } from "../server-parts.ts";

const operation = {
  operationId: "get_task",
  summary: "How a task stands",
  description: "`Prefer: wait=N` waits until the task has ended, for N seconds at the most.",
  tags: ["tasks"],
  parameters: [
    pathParameter("task", "The id of the task."),
    optional("header", "Prefer", "`wait=N`: wait up to N seconds for its end (RFC 7240).", {
      type: "string",
      examples: ["wait=30"],
    }),
  ],
  responses: {
    200: json("Its record, final or not.", reference("TaskRecord")),
    ...problemResponses("task_not_found", "nats_unavailable"),
  },
};

/** `GET /v1/tasks/{id}`: the record of a task, at once or when it is final. */
export function getTask(app: FastifyInstance, { backend, config, stopping }: RouteParts): void {
  const { waitMs: longestWaitMs, waiting: mostWaiting } = config.limits;
  let waiting = 0;
  app.get<{ Params: { task: string } }>(
    "/v1/tasks/:task",
    { config: { operation } },
    async (request, reply) => {
      const { tasks } = backend();
      const { task: id } = request.params;
      const waitMs = Math.min((preferredWaitS(request.headers.prefer) ?? 0) * 1_000, longestWaitMs);
      // To wait is a preference: when too many do, the answer comes at once.
      if (waitMs === 0 || waiting >= mostWaiting) return ask(tasks.get(id));
      waiting += 1;
      try {
        const event = await waitForEnd(tasks, id, waitMs, requestEnd(reply, stopping));
        reply.header("preference-applied", `wait=${Math.floor(waitMs / 1_000)}`);
        if (isFinal(event.record.state)) traceDelivery(event);
        return event.record;
      } finally {
        waiting -= 1;
      }
    },
  );
}

/** The final record of a task, or the last one there is when the time is over or the signal aborts. */
async function waitForEnd(tasks: Tasks, id: string, waitMs: number, signal: AbortSignal): Promise<TaskEvent> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), waitMs);
  try {
    const events = tasks.watch(id, { signal: AbortSignal.any([signal, over.signal]) });
    let next = await ask(events.next());
    if (next.done) throw new Problem("not_ready");
    let latest = next.value;
    while (!isFinal(latest.record.state)) {
      // When NATS goes away meanwhile, what is known is the answer.
      next = await events.next().catch(() => ({ done: true, value: undefined }) as const);
      if (next.done) break;
      latest = next.value;
    }
    return latest;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
