import { parseTaskId } from "@linecook/protocol";
import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { pathParameter, problemResponses } from "../openapi/operation.ts";
import { Problem } from "../problem.ts";
import type { RouteParts } from "../server-parts.ts";
import { StreamSlots } from "../stream-slots.ts";

const operation = {
  operationId: "get_artifact",
  summary: "A file that a task made",
  tags: ["tasks"],
  parameters: [
    pathParameter("id", "The id of the task."),
    pathParameter("file", "The name of the file, as the result of the task says it."),
  ],
  responses: {
    200: { description: "The file.", content: { "*/*": { schema: {} } } },
    ...problemResponses(
      "artifact_not_found",
      "too_many_streams_of_client",
      "too_many_streams",
      "nats_unavailable",
    ),
  },
};

// A file comes from a worker and may be a page: it runs no script, loads nothing, and is of no origin.
const sandbox =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'";

const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;\s*[\w-]+=(?:[\w.+-]+|"[ !#-[\]-~]*"))*$/;
const shown = /^(?:text\/(?:html|plain|csv)|application\/json|image\/[\w.+-]+)(?:;|$)/;

/** `GET /v1/tasks/{id}/artifacts/{file}`: streams a file of a task. */
export function artifact(app: FastifyInstance, { backend, config }: RouteParts): void {
  const downloads = new StreamSlots(config.limits.downloads);
  app.get<{ Params: { id: string; file: string } }>(
    "/v1/tasks/:id/artifacts/:file",
    { config: { operation }, exposeHeadRoute: false },
    async (request, reply) => {
      const { id, file } = request.params;
      if (parseTaskId(id) === undefined) throw new Problem("artifact_not_found");
      const slot = downloads.take(request.ip);
      reply.raw.once("close", () => slot[Symbol.dispose]());
      const found = await ask(backend().tasks.artifacts.get(id, file));
      const contentType = mediaType.test(found.contentType) ? found.contentType : "application/octet-stream";
      reply.raw.setTimeout(config.events.stallMs, () => reply.raw.destroy());
      const disposition = shown.test(contentType) ? "inline" : "attachment";
      return reply
        .type(contentType)
        .header("content-length", String(found.size))
        .header("content-disposition", `${disposition}; filename="${found.file}"`)
        .header("content-security-policy", sandbox)
        .send(found.data);
    },
  );
}
