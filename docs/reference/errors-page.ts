import type { TasksErrorCode } from "../../packages/tasks/src/index.ts";
import { type ProblemKind, problems, problemType } from "../../services/gateway/src/problems.ts";
import { code, markdownTable } from "./markdown-table.ts";

const engine: Record<TasksErrorCode, string> = {
  artifact_not_found: "The task has no file of this name, or it is no longer kept.",
  bad_artifact_name:
    "A file's name is 1 to 128 letters, digits, dots, underscores and hyphens. Choose another one.",
  closed: "The client or worker was closed before the call was done.",
  conflict: "Somebody else wrote the record in between. Read it again.",
  disconnected:
    "The connection to NATS is lost; it is made again by itself. Call again, under the same task id.",
  invalid_input: "The input breaks the task's schema; the message names each field.",
  invalid_result:
    "The result is of another shape than the caller's definition says: the worker runs another version.",
  not_found: "Nothing is known of this task: it never was, or its result is no longer kept.",
  payload_too_large: "The message is larger than the server takes. Pass a reference to large data instead.",
  refused: "The server would not take the message now: is JetStream up, and are the streams there?",
  rejected: "The server will never take this message; the message says why.",
  shrinks_data:
    "The plan of a stream would drop what it holds. Empty it first, or run the version that made it.",
  store_full: "The server has no room. What was accepted is kept; make room, then call again.",
  task_failed: "The task failed or was cancelled; the cause is the error of its record.",
  timeout:
    "The server did not answer in time: it may have done it all the same. Call again, under the same task id.",
};

const records: Record<string, string> = {
  handler_error: "The handler threw an error without a code. One with a code of its own stands under that.",
  timeout: "An attempt took longer than the task's `timeoutMs`.",
  permanent: "The handler said that trying again cannot help, and gave no code of its own.",
  invalid_json: "The message is no JSON.",
  invalid_input: "The input breaks the task's schema; the message names each field.",
  invalid_result: "What the handler returned breaks the task's schema, or is no JSON.",
  result_too_large: "The result is larger than a record may be. Keep it as an artifact.",
  input_too_large: "The input is too large to be sent once more for another attempt.",
  worker_lost: "Every worker that ran the task stopped without a word, up to its last attempt.",
  bad_task_id: "The message's subject makes no task id.",
};

const permanent = new Set([
  "permanent",
  "invalid_json",
  "invalid_input",
  "invalid_result",
  "result_too_large",
  "input_too_large",
  "worker_lost",
  "bad_task_id",
]);

/** Every error code that a program can meet, and what to do. */
export function errorsPage(): string {
  return `${[
    "# Errors",
    "Codes are stable words for programs; titles and messages are for people and may change.",
    "## Over HTTP",
    `The gateway answers errors as problems (RFC 9457, ${code(problemType)}): ${code("type")}, ${code("title")}, ${code("status")}, ${code("detail")}, ${code("instance")}, ${code("code")},
${code("trace_id")} when the request is traced, and ${code("errors")} where fields are wrong: each with a ${code("message")} and a ${code("pointer")} (a JSON pointer into the body) or a ${code("parameter")}.
The ${code("type")} is ${code("urn:linecook:problem:<code>")}. What went wrong inside is never told to a client: it stands in the gateway's log.`,
    markdownTable(["code", "status", "meaning and what to do", "`Retry-After`"], problemRows()),
    "## In a task record",
    `The ${code("error")} of a record says why the last attempt failed. After a permanent one the task is a dead letter at once; after others it is tried again while attempts are left.
A handler's own errors stand under their ${code("code")}.`,
    markdownTable(
      ["code", "permanent", "meaning"],
      rows(records, (name) => (permanent.has(name) ? "yes" : "no")),
    ),
    "## From the engine",
    `${code("TasksError")} carries a ${code("code")} and ${code("retryable")}: whether the same call can go well later.`,
    markdownTable(["code", "meaning and what to do"], rows(engine)),
  ].join("\n\n")}\n`;
}

function problemRows(): string[][] {
  const kinds: [string, ProblemKind][] = Object.entries(problems);
  return kinds.map(([name, { status, title, advice, retryAfterS }]) => [
    code(name),
    String(status),
    `${title}. ${advice}`,
    retryAfterS === undefined ? "" : `${retryAfterS} s`,
  ]);
}

function rows(codes: Readonly<Record<string, string>>, ...more: ((name: string) => string)[]): string[][] {
  return Object.entries(codes)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, meaning]) => [code(name), ...more.map((column) => column(name)), meaning]);
}
