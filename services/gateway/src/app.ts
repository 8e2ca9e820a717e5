import { type Runtime, type Service, serverUrl } from "@linecook/service";
import type { FastifyInstance } from "fastify";
import { type Backend, connectBackend } from "./backend.ts";
import { type GatewayConfig, readConfig } from "./config.ts";
import { createHttpServer } from "./http-server.ts";
import { Problem } from "./problem.ts";
import { StreamSlots } from "./stream-slots.ts";

export type { GatewayConfig };
export { readConfig };

export interface Gateway extends Service {
  readonly url: string;
}

const idleCheckMs = 20;
const closeLimitMs = 5_000;

/** Answers HTTP until it is disposed: from the start for those who ask how it is, for all others once NATS is there. */
export async function createGateway(config: GatewayConfig, runtime: Runtime): Promise<Gateway> {
  const { logger, telemetry } = runtime;
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  let connected: Backend | undefined;
  const backend = (): Backend => {
    if (connected === undefined) throw new Problem("not_ready", { detail: "Waiting for NATS." });
    return connected;
  };
  const { streams: max, streamsPerClient } = config.limits;
  const streams = new StreamSlots(max, streamsPerClient);
  const app = createHttpServer({ config, backend, stopping: stopping.signal, streams, logger, telemetry });
  // Disposed last first: HTTP ends before what stands behind it.
  const behind = stack.use(new AsyncDisposableStack());
  stack.defer(async () => {
    stopping.abort();
    await close(app);
  });
  await app.listen({ host: config.http.host, port: config.http.port });
  connected = behind.use(await connectBackend(config.nats, runtime));
  const owned = stack.move();
  return { url: serverUrl(app.server), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Lets each request have its answer, for a while, and closes its connection then. */
async function close(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
  const late = setTimeout(() => app.server.closeAllConnections(), closeLimitMs);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
}
