import { type FastifyBaseLogger, type FastifyInstance, fastify } from "fastify";
import { boundPipelining } from "./bound-pipelining.ts";
import { FailureLog } from "./failure-log.ts";
import { refuseOtherMethods } from "./method-not-allowed.ts";
import { collectOpenApi } from "./openapi/document.ts";
import { Problem } from "./problem.ts";
import { refuseConnection, sendProblem } from "./problem-reply.ts";
import { allEvents } from "./routes/all-events.ts";
import { artifact } from "./routes/artifact.ts";
import { docs } from "./routes/docs.ts";
import { getTask } from "./routes/get-task.ts";
import { health } from "./routes/health.ts";
import { openApiDocument } from "./routes/openapi-document.ts";
import { queues } from "./routes/queues.ts";
import { root } from "./routes/root.ts";
import { startReport } from "./routes/start-report.ts";
import { submitTask } from "./routes/submit-task.ts";
import { taskEvents } from "./routes/task-events.ts";
import { taskStatus } from "./routes/task-status.ts";
import { workers } from "./routes/workers.ts";
import { securityHeaders } from "./security-headers.ts";
import type { ServerParts } from "./server-parts.ts";

const routes = [
  startReport,
  taskStatus,
  submitTask,
  getTask,
  taskEvents,
  allEvents,
  artifact,
  queues,
  workers,
  health,
  openApiDocument,
  root,
];

/** The HTTP side of the gateway, not yet listening. */
export function createHttpServer(parts: ServerParts): FastifyInstance {
  const { config, logger, telemetry } = parts;
  const { limits } = config;
  const failures = new FailureLog(logger);
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    // A part of a path is a task id, a task's name or a file's: at most 128 characters.
    routerOptions: { maxParamLength: 128 },
    http: { maxHeaderSize: 16_384, headersTimeout: 10_000 },
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // While the rest is ended, what still comes in is answered like anything before it.
    return503OnClosing: false,
    trustProxy: limits.trustedProxies ?? false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, failures),
  });
  app.server.maxConnections = limits.connections;
  app.removeContentTypeParser("text/plain");

  boundPipelining(app);
  app.addHook("onRequest", (_, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  if (telemetry.enabled) {
    app.addHook("onRequest", (request, _, done) => {
      telemetry.nameRequest(request.routeOptions.url ?? "unknown");
      done();
    });
  }
  if (logger.isLevelEnabled("debug")) logRequests(app, logger);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, failures));
  app.setNotFoundHandler(() => {
    throw new Problem("no_route");
  });

  const openApi = collectOpenApi(app);
  const refuse = refuseOtherMethods(app);
  const routeParts = { ...parts, openApi: () => openApi(parts.backend().known.all) };
  for (const route of routes) inScope(app, (scope) => route(scope, routeParts));
  inScope(app, refuse);
  inScope(app, (scope) => docs(scope, routeParts));
  return app;
}

/** What a route changes, such as how bodies are read, is its own matter. */
function inScope(app: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  void app.register((scope, _, registered) => {
    register(scope);
    registered();
  });
}

function logRequests(app: FastifyInstance, logger: Pick<FastifyBaseLogger, "debug">): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method, url } = request;
    const took_ms = Math.round(reply.elapsedTime);
    logger.debug({ method, url, status: reply.statusCode, took_ms }, "request");
    done();
  });
}
