import { ProtocolError } from "@linecook/protocol";
import { TasksError, type TasksErrorCode } from "@linecook/tasks";
import { Problem } from "./problem.ts";
import type { ProblemCode } from "./problems.ts";

const ofEngine: Partial<Record<TasksErrorCode, ProblemCode>> = {
  artifact_not_found: "artifact_not_found",
  closed: "not_ready",
  disconnected: "nats_unavailable",
  not_found: "task_not_found",
  payload_too_large: "body_too_large",
  refused: "nats_unavailable",
  store_full: "store_full",
  timeout: "nats_unavailable",
};

const ofFastify: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: "bad_request",
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed_json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "bad_request",
  FST_ERR_CTP_INVALID_JSON_BODY: "malformed_json",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_MAX_PARAM_LENGTH: "uri_too_long",
};

/** The problem that an error is to a client: whatever it was, only what a client may know. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(codeOf(error), { cause: error });
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof TasksError) return ofEngine[error.code] ?? "internal";
  if (error instanceof ProtocolError) return error.code === "bad_task_id" ? "task_not_found" : "internal";
  if (error instanceof RangeError && error.message.includes("call stack")) return "json_too_deep";
  if (!(error instanceof Error)) return "internal";
  const known = "code" in error ? ofFastify[String(error.code)] : undefined;
  if (known !== undefined) return known;
  const status = "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" && status >= 400 && status < 500 ? "bad_request" : "internal";
}
