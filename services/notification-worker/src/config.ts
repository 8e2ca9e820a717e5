import {
  type Environment,
  httpVariables,
  natsVariables,
  readEnvironment,
  workerVariables,
} from "@linecook/service";
import addressparser from "nodemailer/lib/addressparser";
import * as z from "zod";

const mailVariables = z
  .object({
    SMTP_URL: z
      .url({ protocol: /^smtps?$/, error: "expected smtp://host:port or smtps://user:password@host:port" })
      .refine((url) => URL.parse(url)?.hostname, "expected a host in it: smtp://host:port"),
    MAIL_FROM: z
      .string()
      .refine(isOneAddress, "expected one address, such as Reports <reports@example.com>")
      .default("Linecook <linecook@localhost>"),
  })
  .transform((variables) => ({ smtpUrl: variables.SMTP_URL, from: variables.MAIL_FROM }));

const groups = { nats: natsVariables, http: httpVariables, worker: workerVariables, mail: mailVariables };

export type NotificationWorkerConfig = ReturnType<typeof readConfig>;

export function readConfig(env: Environment) {
  return readEnvironment(groups, env);
}

/** A host without a domain, such as localhost, will do. */
function isOneAddress(text: string): boolean {
  const [mailbox, ...others] = addressparser(text);
  return others.length === 0 && /^[^\s@]+@[^\s@]+$/.test(mailbox?.address ?? "") && !/[\r\n]/.test(text);
}
