import type { FastifyInstance } from "fastify";
import { json } from "../openapi/operation.ts";
import type { RouteParts } from "../server-parts.ts";

const operation = {
  operationId: "openapi",
  summary: "This document",
  description: "It lists what workers can run now: a task that is new appears by itself.",
  tags: ["operations"],
  responses: { 200: json("OpenAPI 3.1.", { type: "object" }) },
};

/** `GET /openapi.json`: what can be called, with every task that workers published. */
export function openApiDocument(app: FastifyInstance, { openApi }: RouteParts): void {
  app.get("/openapi.json", { config: { operation } }, async () => openApi());
}
