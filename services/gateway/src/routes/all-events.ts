import { isTaskName } from "@linecook/protocol";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { lastEventId } from "../last-event-id.ts";
import { optional, problemResponses } from "../openapi/operation.ts";
import { Problem } from "../problem.ts";
import { requestEnd } from "../request-end.ts";
import type { RouteParts } from "../server-parts.ts";
import { streamEvents } from "../stream-events.ts";

const operation = {
  operationId: "all_events",
  summary: "Follow all tasks",
  description:
    "Every update of every task from now on, or from `Last-Event-ID` on; of what changed often meanwhile, the last state.",
  tags: ["tasks"],
  parameters: [
    optional("query", "task", "Only tasks of this name.", { type: "string" }),
    optional("header", "Last-Event-ID", "Go on after this event, on any gateway.", { type: "string" }),
  ],
  responses: {
    200: {
      description: "Server-sent events.",
      content: { "text/event-stream": { schema: { type: "string" } } },
    },
    ...problemResponses(
      "bad_header",
      "bad_parameter",
      "too_many_streams_of_client",
      "too_many_streams",
      "nats_unavailable",
    ),
  },
};

/** `GET /v1/events?task=`: all tasks, or those of one name, as server-sent events. */
export function allEvents(app: FastifyInstance, parts: RouteParts): void {
  const { backend, streams, stopping } = parts;
  app.get<{ Querystring: { task?: string | string[] } }>(
    "/v1/events",
    { config: { operation }, exposeHeadRoute: false },
    async (request, reply) => {
      const { tasks } = backend();
      const task = taskName(request.query.task);
      const seen = lastEventId(request.headers["last-event-id"]);
      using _slot = streams.take(request.ip);
      const last = await ask(tasks.lastSequence());
      const after = Math.min(seen ?? last, last);
      const signal = requestEnd(reply, stopping);
      const events = tasks.watchAll({ after, signal, ...(task !== undefined && { task }) });
      await streamEvents(reply, { events, after, signal }, parts);
      return reply;
    },
  );
}

function taskName(task: string | string[] | undefined): string | undefined {
  if (task === undefined) return undefined;
  if (typeof task === "string" && isTaskName(task)) return task;
  throw new Problem("bad_parameter", { detail: "task: expected the name of one task." });
}
