/** What can be wrong with the data that a report is made from. Trying again does not help: the operator has to. */
export type ReportErrorCode =
  | "empty_file"
  | "missing_columns"
  | "no_sample"
  | "no_shipments_file"
  | "unreadable_file";

/** An error in the shipments that this worker was pointed at. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code: ReportErrorCode;
  readonly retryable = false;

  constructor(code: ReportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
