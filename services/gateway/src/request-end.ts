import type { FastifyReply } from "fastify";

/** A signal that aborts when the client has gone or has its answer, or when the gateway stops. */
export function requestEnd(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  // Who went while something else was waited for is told of no more.
  if (reply.raw.destroyed) gone.abort();
  else reply.raw.once("close", () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}
