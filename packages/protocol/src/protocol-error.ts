/** What can be wrong with a name, an id or a value that is meant for the wire. */
export type ProtocolErrorCode = "bad_task_name" | "bad_task_id" | "bad_record" | "bad_definition";

/** A value that may not go on the wire, or that came from it and makes no sense. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;
  /** The same value will be refused again. */
  readonly retryable = false;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
