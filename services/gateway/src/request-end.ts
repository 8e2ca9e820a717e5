import type { FastifyReply } from "fastify";

/** A signal that aborts when the client has gone or has its answer, or when the gateway stops. */
export function requestEnd(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}
