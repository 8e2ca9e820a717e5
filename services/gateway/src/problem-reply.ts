import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { activeTraceId } from "@linecook/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { FailureLog } from "./failure-log.ts";
import { Problem } from "./problem.ts";
import { problemOf } from "./problem-of.ts";
import { type ProblemCode, problemType } from "./problems.ts";

/** Answers with the problem that an error is. What went wrong on this side stands in the log alone. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: FailureLog) {
  const problem = problemOf(error);
  const { kind, headers } = problem;
  if (kind.status >= 500) log.add(problem, request);
  if (kind.retryAfterS !== undefined) reply.header("retry-after", String(kind.retryAfterS));
  const trace_id = activeTraceId();
  const instance = request.url.split("?", 1)[0];
  return reply
    .code(kind.status)
    .headers(headers)
    .header("cache-control", "no-store")
    .type(problemType)
    .send(JSON.stringify({ ...describe(problem), instance, ...(trace_id && { trace_id }) }));
}

/** Answers what is not even HTTP, on the bare socket, and closes it. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(codeOfParserError(error.code));
  const body = JSON.stringify(describe(problem));
  const { status } = problem.kind;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function describe({ code, kind, message, errors }: Problem) {
  const { status, title } = kind;
  const type = `urn:linecook:problem:${code}`;
  return { type, title, status, detail: message, code, ...(errors && { errors }) };
}

function codeOfParserError(code: string | undefined): ProblemCode {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "request_timeout";
  return "bad_request";
}
