import { createHash } from "node:crypto";
import type { sendEmail } from "@linecook/contracts";
import type { Handler } from "@linecook/tasks";
import addressparser from "nodemailer/lib/addressparser";
import { mailFailure } from "./mail-failure.ts";
import type { Mailer } from "./mailer.ts";

/** The handler of `send_email`. */
export function createSendEmail(mailer: Mailer, from: string): Handler<typeof sendEmail> {
  const [sender] = addressparser(from, { flatten: true });
  const domain = sender?.address.split("@").at(-1) ?? "localhost";
  return async (input, { taskId, signal, logger }) => {
    const messageId = messageIdOf(taskId, domain);
    try {
      const sent = await mailer.send({ ...input, from, messageId, signal });
      logger.info({ message_id: messageId, rejected: sent.rejected.length }, "mail sent");
      return { message_id: messageId, accepted: sent.accepted, rejected: sent.rejected };
    } catch (error) {
      signal.throwIfAborted();
      throw mailFailure(error, mailer.server);
    }
  };
}

/**
 * Follows from the task, so that a mail which went out twice can be told from two mails. Does not tell the task's
 * id: that opens the task to whoever gets the mail.
 */
function messageIdOf(taskId: string, domain: string): string {
  return `<${createHash("sha256").update(taskId).digest("hex").slice(0, 32)}@${domain}>`;
}
