import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

const mostAtOnce = 64;

/**
 * Closes a connection that asks for more than 64 things before it has read the answers: they would be held in memory
 * until it does.
 */
export function boundPipelining(app: FastifyInstance): void {
  const open = new WeakMap<Socket, number>();
  const count = (socket: Socket, change: number) => {
    const now = (open.get(socket) ?? 0) + change;
    open.set(socket, now);
    return now;
  };
  app.addHook("onRequest", (request, reply, done) => {
    const { socket } = request.raw;
    reply.raw.once("close", () => count(socket, -1));
    if (count(socket, 1) > mostAtOnce) {
      reply.hijack();
      socket.destroy();
    }
    done();
  });
}
