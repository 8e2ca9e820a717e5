import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "@linecook/telemetry";
import { serverUrl } from "./server-url.ts";
import type { HttpConfig } from "./variable-groups.ts";

/** What a health endpoint is made with. */
export interface HealthOptions extends HttpConfig {
  /** Returns, or resolves, when the service can take work; throws with the reason when it cannot. */
  ready: () => Promise<void> | void;
  logger: Logger;
}

/** A health endpoint that listens. Disposing it stops that. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

const readyLimitMs = 2_000;

/**
 * Starts the health endpoint of a service: `/healthz` answers 200 as long as the event loop turns, `/readyz`
 * 200 or 503 with `{ ready, reason? }`, within two seconds. Throws when the port is taken.
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { host, port, ready, logger } = options;
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 8_192 },
    handler(ready),
  );
  server.maxConnections = 64;
  server.listen(port, host);
  await once(server, "listening");
  const url = serverUrl(server);
  logger.debug({ url }, "health endpoint listens");
  return {
    port: (server.address() as AddressInfo).port,
    url,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function handler(ready: HealthOptions["ready"]): RequestListener {
  return async (request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (path === "/healthz") answer(response, 200, { alive: true });
    else if (path === "/readyz") await answerReadiness(response, ready);
    else answer(response, 404, { error: "expected /healthz or /readyz" });
  };
}

async function answerReadiness(response: ServerResponse, ready: HealthOptions["ready"]): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${readyLimitMs} ms`)), readyLimitMs);
  try {
    await Promise.race([(async () => ready())(), tooLate]);
    answer(response, 200, { ready: true });
  } catch (error) {
    answer(response, 503, { ready: false, reason: error instanceof Error ? error.message : String(error) });
  } finally {
    clearTimeout(timer);
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
