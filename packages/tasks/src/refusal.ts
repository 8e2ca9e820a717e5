import { TasksError } from "./tasks-error.ts";

/** Error codes of JetStream (server/errors.json of nats-server) that mean something to us. */
const wrongLastSequence = new Set([10071, 10164]);
const full = new Set([
  10002, // account resources exceeded
  10023, // insufficient resources
  10028, // memory resources exceeded
  10047, // storage resources exceeded
  10077, // maximum bytes or messages exceeded
  10122, // stream has exceeded its limits
]);
const tooLarge = new Set([10054]);

/** The error for what the server said when it would not store a message. */
export function refusal(
  subject: string,
  error: { code?: number; err_code?: number; description?: string },
): TasksError {
  const code = error.err_code ?? 0;
  const said = `${subject}: ${error.description ?? "refused"} (${code})`;
  if (wrongLastSequence.has(code)) return new TasksError("conflict", said);
  if (full.has(code)) return new TasksError("store_full", said);
  if (tooLarge.has(code)) return new TasksError("payload_too_large", said);
  // Like HTTP: from 500 on the server cannot for now, 429 says that too much comes at once, others it never will.
  const later = error.code === 429 || (error.code ?? 0) >= 500;
  return new TasksError(later ? "refused" : "rejected", said);
}
