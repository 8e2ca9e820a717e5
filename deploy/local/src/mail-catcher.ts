import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail that was caught instead of being delivered. */
export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A mail server on loopback that delivers nothing and keeps the last 100 mails. Disposing it closes it. */
export class MailCatcher implements AsyncDisposable {
  /** What it caught, the oldest first. */
  readonly mails: CaughtMail[] = [];
  /** What to set as `SMTP_URL`. */
  readonly url: string;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** Starts one on a free port. `onMail` is told each mail as it comes. */
  static async start(onMail: (mail: CaughtMail) => void = () => {}): Promise<MailCatcher> {
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      disableReverseLookup: true,
      size: 10_000_000,
      closeTimeout: 100,
      onData: async (stream, session, callback) => {
        const email = await PostalMime.parse(
          Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)),
        );
        const mail = {
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : "",
          to: session.envelope.rcptTo.map(({ address }) => address),
          subject: email.subject ?? "",
          text: email.text ?? "",
        };
        catcher.mails.push(mail);
        if (catcher.mails.length > 100) catcher.mails.shift();
        onMail(mail);
        callback();
      },
    });
    // A client that breaks off is not worth a word.
    server.on("error", () => {});
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.server.address() as AddressInfo;
    const catcher = new MailCatcher(server, `smtp://127.0.0.1:${port}`);
    return catcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
