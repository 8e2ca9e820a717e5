/** What went wrong with finding or running a nats-server. */
export type NatsServerErrorCode =
  /** None of the ways to get a nats-server worked, or none can be kept; the message lists each with its reason. */
  | "not_found"
  /** The binary named by `LINECOOK_NATS_SERVER` does not run or is too old. */
  | "bad_binary"
  /** A download was refused, stalled, or could not be unpacked. */
  | "fetch_failed"
  /** What was downloaded is not what was published. */
  | "checksum_mismatch"
  /** The server ended, or was not ready in time; the message carries the end of its log. */
  | "start_failed"
  /** As `start_failed`, because something else listens on the port. */
  | "port_in_use"
  /** The servers of a cluster did not agree on a leader in time. */
  | "no_leader";

/** The one error of this package. `code` tells the cases apart. */
export class NatsServerError extends Error {
  override readonly name = "NatsServerError";
  readonly code: NatsServerErrorCode;

  constructor(code: NatsServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The reason in an unknown thrown value, fit to stand in a line. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.message || (thrown as NodeJS.ErrnoException).code || thrown.name;
}
