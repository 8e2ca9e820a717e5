import { isFinal } from "@linecook/protocol";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { lastEventId } from "../last-event-id.ts";
import { optional, pathParameter, problemResponses } from "../openapi/operation.ts";
import { requestEnd } from "../request-end.ts";
import type { RouteParts } from "../server-parts.ts";
import { streamEvents } from "../stream-events.ts";

const operation = {
  operationId: "task_events",
  summary: "Follow a task",
  description:
    "How the task stands, then every update, up to the final one. `event` is the state, `data` the record, `id` what to go on after.",
  tags: ["tasks"],
  parameters: [
    pathParameter("id", "The id of the task."),
    optional("header", "Last-Event-ID", "Go on after this event, on any gateway.", { type: "string" }),
  ],
  responses: {
    200: {
      description: "Server-sent events.",
      content: { "text/event-stream": { schema: { type: "string" } } },
    },
    204: { description: "The final event was `Last-Event-ID`: there is nothing more to come." },
    ...problemResponses(
      "bad_header",
      "task_not_found",
      "too_many_streams_of_client",
      "too_many_streams",
      "nats_unavailable",
    ),
  },
};

/** `GET /v1/tasks/{id}/events`: one task as server-sent events. */
export function taskEvents(app: FastifyInstance, parts: RouteParts): void {
  const { backend, streams, stopping } = parts;
  app.get<{ Params: { id: string } }>(
    "/v1/tasks/:id/events",
    { config: { operation }, exposeHeadRoute: false },
    async (request, reply) => {
      const { tasks } = backend();
      const { id } = request.params;
      const seen = lastEventId(request.headers["last-event-id"]);
      using _slot = streams.take(request.ip);
      const now = await ask(tasks.getEvent(id));
      // A client that reconnects after the end is told in this way not to come again.
      if (seen !== undefined && seen >= now.sequence && isFinal(now.record.state))
        return reply.code(204).send();
      const signal = requestEnd(reply, stopping);
      // No task has an event before its first: such an id is from another life of the store.
      const after = seen !== undefined && seen <= now.sequence ? { after: seen } : {};
      await streamEvents(reply, { events: tasks.watch(id, { signal, ...after }), signal }, parts);
      return reply;
    },
  );
}
