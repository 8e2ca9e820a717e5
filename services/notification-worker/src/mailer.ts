import nodemailer, { type SendMailOptions, type SMTPSentMessageInfo } from "nodemailer";

/** Connections to the mail server, made when first needed and kept for the next mail. Disposing closes them. */
export interface Mailer extends Disposable {
  /** The mail server, for messages: without the user and the password. */
  readonly server: string;
  send(mail: SendMailOptions): Promise<SMTPSentMessageInfo>;
}

/** Every wait is bounded, all of them together within the time that one attempt has. */
export function openMailer(smtpUrl: string, connections: number): Mailer {
  const pool = nodemailer.createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: connections,
    dnsTimeout: 5_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    server: new URL(smtpUrl).host,
    send: (mail) => pool.sendMail(mail),
    [Symbol.dispose]: () => pool.close(),
  };
}
