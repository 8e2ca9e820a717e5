/** Why {@link connectNats} gave up. */
export type NatsErrorCode =
  | "nats_credentials_unreadable"
  | "nats_jetstream_disabled"
  | "nats_not_authorized"
  | "nats_server_too_old";

/** A NATS server that cannot be used as it is. The message says what to do. */
export class NatsError extends Error {
  override readonly name = "NatsError";
  readonly code: NatsErrorCode;
  readonly retryable = false;

  constructor(code: NatsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
