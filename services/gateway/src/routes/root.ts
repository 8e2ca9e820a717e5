import type { FastifyInstance } from "fastify";

/** `GET /`: people who look here want the docs. */
export function root(app: FastifyInstance): void {
  app.get("/", async (_, reply) => reply.redirect("/docs", 302));
}
