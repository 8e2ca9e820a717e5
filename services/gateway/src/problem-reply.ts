import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { activeTraceId, type Logger } from "@linecook/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";
import { problemOf } from "./problem-of.ts";
import { type ProblemCode, problemType } from "./problems.ts";

/** Answers with the problem that an error is. What went wrong on this side stands in the log alone. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger) {
  const problem = problemOf(error);
  const { kind, headers, code } = problem;
  if (kind.status >= 500) logFailure(problem, request, logger);
  if (kind.retryAfterS !== undefined) reply.header("retry-after", String(kind.retryAfterS));
  return reply
    .code(kind.status)
    .headers(headers)
    .header("cache-control", "no-store")
    .type(problemType)
    .send(JSON.stringify({ ...describe(problem), instance: pathOf(request.url), code, ...traceId() }));
}

/** Answers what is not even HTTP, on the bare socket, and closes it. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = codeOfParserError(error.code);
  const problem = new Problem(code);
  const body = JSON.stringify({ ...describe(problem), code });
  const { status } = problem.kind;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function describe({ code, kind, message, errors }: Problem) {
  const { status, title } = kind;
  return { type: `urn:linecook:problem:${code}`, title, status, detail: message, ...(errors && { errors }) };
}

function traceId(): { trace_id?: string } {
  const trace_id = activeTraceId();
  return trace_id === undefined ? {} : { trace_id };
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function logFailure(problem: Problem, request: FastifyRequest, logger: Logger): void {
  const { method, url } = request;
  const entry = { method, path: pathOf(url), code: problem.code, err: problem.cause };
  if (problem.kind.status === 500) logger.error(entry, "request failed");
  else logger.warn(entry, "request could not be served");
}

function codeOfParserError(code: string | undefined): ProblemCode {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "request_timeout";
  return "bad_request";
}
