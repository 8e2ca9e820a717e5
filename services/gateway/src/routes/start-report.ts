import type { FastifyInstance } from "fastify";
import { json, pathParameter, problemResponses } from "../openapi/operation.ts";
import { Problem } from "../problem.ts";
import type { RouteParts } from "../server-parts.ts";

const task = "generate_report";

const operation = {
  operationId: "start_report",
  summary: "Start a report",
  description: "A short form of submitting `generate_report` with `user_id` alone.",
  tags: ["reports"],
  parameters: [pathParameter("user_id", "Whose report.", { type: "integer" })],
  responses: {
    202: json("Accepted: it is stored.", {
      type: "object",
      required: ["task_id", "status"],
      properties: { task_id: { type: "string" }, status: { const: "processing" } },
    }),
    ...problemResponses(
      "invalid_input",
      "nats_unavailable",
      "store_full",
      "task_unavailable",
      "broken_schema",
    ),
  },
};

/** `POST /start-report/{user_id}`: the short form of submitting `generate_report`. */
export function startReport(app: FastifyInstance, { backend }: RouteParts): void {
  // The path says it all: a body, of whatever kind, is not looked at.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_, __, done) => done(null));
  app.post<{ Params: { user_id: string } }>(
    "/start-report/:user_id",
    { config: { operation } },
    async (request, reply) => {
      const user_id = readUserId(request.params.user_id);
      const { tasks, known } = backend();
      const type = known.all.get(task) ?? (await known.find(task));
      if (type === undefined) throw new Problem("task_unavailable");
      if (type.check === undefined) throw new Problem("broken_schema");
      const [wrong] = type.check({ user_id });
      if (wrong !== undefined) throw badUserId(wrong.message);
      const { lane } = type.type.defaults;
      const task_id = await tasks.submitJson(task, JSON.stringify({ user_id }), { lane });
      reply.code(202).header("location", `/task-status/${task_id}`).header("retry-after", "1");
      return { task_id, status: "processing" };
    },
  );
}

function readUserId(text: string): number {
  const id = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw badUserId("must be an integer");
  return id;
}

function badUserId(message: string): Problem {
  return new Problem("invalid_input", {
    detail: `user_id ${message}.`,
    errors: [{ parameter: "user_id", message }],
  });
}
