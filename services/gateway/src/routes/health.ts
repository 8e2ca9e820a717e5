import type { FastifyInstance } from "fastify";
import { ask } from "../ask.ts";
import { json } from "../openapi/operation.ts";
import { recently } from "../recently.ts";
import type { RouteParts } from "../server-parts.ts";

const askedAtMostEveryMs = 500;

const alive = {
  operationId: "healthz",
  summary: "Whether the gateway is alive",
  tags: ["operations"],
  responses: { 200: json("It is.", { type: "object", properties: { alive: { const: true } } }) },
};

const readiness = {
  type: "object",
  required: ["ready"],
  properties: { ready: { type: "boolean" }, reason: { type: "string" } },
};

const ready = {
  operationId: "readyz",
  summary: "Whether the gateway can take and show tasks",
  tags: ["operations"],
  responses: { 200: json("It can.", readiness), 503: json("It cannot, and why.", readiness) },
};

/** `GET /healthz` and `GET /readyz`, in the words of every other service. */
export function health(app: FastifyInstance, { backend, stopping }: RouteParts): void {
  const look = recently(askedAtMostEveryMs, async () => ask(backend().ready()));
  app.get("/healthz", { config: { operation: alive } }, async () => ({ alive: true }));
  app.get("/readyz", { config: { operation: ready } }, async (_, reply) => {
    try {
      if (stopping.aborted) throw new Error("stopping");
      await look();
      return { ready: true };
    } catch (error) {
      reply.code(503);
      return { ready: false, reason: reasonOf(error) };
    }
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
