/** One kind of problem: the status it has and what it says. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What happened and what to do, where the occurrence has nothing closer to say. */
  readonly advice: string;
  /** After how many seconds the same request may go well. */
  readonly retryAfterS?: number;
}

/** Every problem that the gateway answers, by its stable code. HTTP status is decided here alone. */
export const problems = {
  malformed_json: {
    status: 400,
    title: "Malformed JSON",
    advice: "The body is not JSON, or holds a key that could poison an object. Send valid JSON.",
  },
  json_too_deep: {
    status: 400,
    title: "JSON too deep",
    advice: "The body is nested too deeply to be handled. Send a flatter one.",
  },
  bad_header: {
    status: 400,
    title: "Bad header",
    advice: "A header of the request cannot be understood; the detail names it.",
  },
  bad_parameter: {
    status: 400,
    title: "Bad parameter",
    advice: "A parameter of the query cannot be understood; the detail names it.",
  },
  bad_request: {
    status: 400,
    title: "Bad request",
    advice: "The request is not valid HTTP, or its path cannot be decoded.",
  },
  task_not_found: {
    status: 404,
    title: "No such task",
    advice: "Nothing is known of this task: it never was, or its result is no longer kept.",
  },
  unknown_task: {
    status: 404,
    title: "Unknown kind of task",
    advice: "No worker has said that it can run this. GET /openapi.json shows what can be submitted.",
  },
  artifact_not_found: {
    status: 404,
    title: "No such file",
    advice: "The task has no file of this name, or it is no longer kept.",
  },
  no_route: {
    status: 404,
    title: "No such path",
    advice: "Nothing answers at this path. GET /openapi.json shows what does.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    advice: "The path is right and the method is not; the Allow header names those that are.",
  },
  request_timeout: {
    status: 408,
    title: "Request too slow",
    advice: "The request did not arrive completely in time.",
  },
  body_too_large: {
    status: 413,
    title: "Body too large",
    advice:
      "The body, or the input in it, is larger than can be stored. Pass a reference to large data instead.",
  },
  uri_too_long: {
    status: 414,
    title: "Path too long",
    advice: "A part of the path is longer than any name or id can be.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    advice: "The body must be JSON: send it with content-type application/json.",
  },
  invalid_input: {
    status: 422,
    title: "Invalid input",
    advice: "The request breaks its schema; `errors` names each field.",
  },
  too_many_streams_of_client: {
    status: 429,
    title: "Too many streams from this address",
    advice: "Close a stream of events before opening another.",
    retryAfterS: 5,
  },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    advice: "The headers of the request are larger than 16 KiB together.",
  },
  internal: {
    status: 500,
    title: "Internal error",
    advice: "The gateway failed. Its log says why, under the trace id where there is one.",
  },
  nats_unavailable: {
    status: 503,
    title: "Message broker unavailable",
    advice:
      "The broker cannot be reached or did not answer in time. Try again; a submission that carries the same Idempotency-Key is stored once.",
    retryAfterS: 2,
  },
  store_full: {
    status: 503,
    title: "Store full",
    advice: "The broker has no room for more tasks. What was accepted is kept; try again later.",
    retryAfterS: 30,
  },
  task_unavailable: {
    status: 503,
    title: "Task not available",
    advice: "No worker that runs this task has been there yet. Start one, then try again.",
    retryAfterS: 5,
  },
  broken_schema: {
    status: 503,
    title: "Schema cannot be used",
    advice:
      "The worker of this task published a schema that cannot be compiled. Its log and the gateway's name it.",
    retryAfterS: 30,
  },
  too_many_streams: {
    status: 503,
    title: "Too many streams",
    advice: "This gateway has as many streams or downloads open as it may. Try again, or another one.",
    retryAfterS: 5,
  },
  not_ready: {
    status: 503,
    title: "Not ready",
    advice: "This gateway is starting, or stopping. Try again.",
    retryAfterS: 2,
  },
} as const satisfies Record<string, ProblemKind>;

/** The stable word for a kind of problem. */
export type ProblemCode = keyof typeof problems;

/** The media type of problems (RFC 9457). */
export const problemType = "application/problem+json";
