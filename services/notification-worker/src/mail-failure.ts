import { PermanentError } from "@linecook/tasks";
import type { NodemailerError } from "nodemailer";

/** A mail that did not go out this time, and may at the next. */
export class MailError extends Error {
  override readonly name = "MailError";
  readonly code: "delayed" | "login_refused" | "unreachable";
  readonly retryable = true;

  constructor(code: MailError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What an error of the mail server means for the task: refused for good, or worth another attempt. */
export function mailFailure(thrown: unknown, server: string): PermanentError | MailError {
  const error: NodemailerError = thrown instanceof Error ? thrown : new Error(String(thrown));
  const words = error.response ?? error.message;
  if (isAboutTheMail(error)) {
    // Without an answer of the server it was refused on this side: too large for it, or no address that it could take.
    return error.permanent === false
      ? new MailError("delayed", `the mail server ${server} puts it off: ${words}`, { cause: error })
      : new PermanentError(`the mail server ${server} refuses it: ${words}`, {
          code: "refused",
          cause: error,
        });
  }
  if (error.code === "EAUTH" || error.code === "ENOAUTH") {
    const message = `the mail server ${server} refuses the login: check the user and password in SMTP_URL (${words})`;
    return new MailError("login_refused", message, { cause: error });
  }
  return new MailError("unreachable", `no way through the mail server ${server}: ${words}`, {
    cause: error,
  });
}

/** The rest is about the connection: a wrong password must not turn every mail of the day into a dead letter. */
function isAboutTheMail({ code }: NodemailerError): boolean {
  return code === "EENVELOPE" || code === "EMESSAGE";
}
