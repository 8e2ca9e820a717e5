import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { json, problemResponses, reference } from "../openapi/operation.ts";
import { recently } from "../recently.ts";
import type { RouteParts } from "../server-parts.ts";

const askedAtMostEveryMs = 500;

const operation = {
  operationId: "workers",
  summary: "Who is there to work",
  tags: ["operations"],
  responses: {
    200: json("The workers that gave a sign of life within the last 15 seconds.", {
      type: "object",
      required: ["workers"],
      properties: { workers: { type: "array", items: reference("Worker") } },
    }),
    ...problemResponses("nats_unavailable"),
  },
};

/** `GET /v1/workers`: the workers that are there. */
export function workers(app: FastifyInstance, { backend }: RouteParts): void {
  const look = recently(askedAtMostEveryMs, async () => ask(backend().tasks.queues.workers()));
  app.get("/v1/workers", { config: { operation } }, async () => ({ workers: await look() }));
}
