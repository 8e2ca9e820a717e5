import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { json, problemResponses, reference } from "../openapi/operation.ts";
import { recently } from "../recently.ts";
import type { RouteParts } from "../server-parts.ts";

const askedAtMostEveryMs = 500;

const operation = {
  operationId: "queues",
  summary: "How much waits, and how much is being done",
  tags: ["operations"],
  responses: {
    200: json("Each lane of each task.", {
      type: "object",
      required: ["queues"],
      properties: { queues: { type: "array", items: reference("Queue") } },
    }),
    ...problemResponses("nats_unavailable"),
  },
};

/** `GET /v1/queues`: depth, work in flight and oldest age of each lane. */
export function queues(app: FastifyInstance, { backend }: RouteParts): void {
  const look = recently(askedAtMostEveryMs, async () => {
    const { tasks, known } = backend();
    return ask(tasks.queues.state([...known.all.keys()].sort()));
  });
  app.get("/v1/queues", { config: { operation } }, async () => ({ queues: await look() }));
}
