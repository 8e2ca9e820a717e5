import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** What a mail server answers to a recipient: undefined takes the mail, a code and words refuse it. */
export type Answer = (
  recipient: string,
  call: number,
) => [code: number, words: string] | "no answer" | undefined;

/** A real mail server on loopback that keeps what it takes. Disposing it closes it. */
export class MailServer implements AsyncDisposable {
  readonly mails: { to: string[]; email: Email; raw: string }[] = [];
  readonly url: string;
  readonly port: number;
  readonly #server: SMTPServer;
  readonly #connections: () => number;

  private constructor(server: SMTPServer, connections: () => number) {
    this.#server = server;
    this.#connections = connections;
    this.port = (server.server.address() as AddressInfo).port;
    this.url = `smtp://127.0.0.1:${this.port}`;
  }

  static async start(
    options: { port?: number; answer?: Answer; maxBytes?: number; login?: "refused" } = {},
  ): Promise<MailServer> {
    let recipients = 0;
    let connections = 0;
    const server = new SMTPServer({
      authOptional: options.login === undefined,
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      size: options.maxBytes ?? 1_000_000,
      onAuth: (_auth, _session, callback) => callback(refusal(535, "wrong password")),
      onConnect: (_session, callback) => {
        connections += 1;
        callback();
      },
      onClose: () => {
        connections -= 1;
      },
      onRcptTo: ({ address }, _session, callback) => {
        recipients += 1;
        const answer = options.answer?.(address, recipients);
        if (answer !== "no answer") callback(answer && refusal(...answer));
      },
      onData: async (stream, session, callback) => {
        const raw = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>));
        if (stream.sizeExceeded) return callback(refusal(552, "too large"));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, email: await PostalMime.parse(raw), raw: raw.toString() });
        callback();
      },
    });
    server.on("error", () => {});
    await once(server.listen(options.port ?? 0, "127.0.0.1"), "listening");
    const started = new MailServer(server, () => connections);
    const { mails } = started;
    return started;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#connections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function refusal(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}
