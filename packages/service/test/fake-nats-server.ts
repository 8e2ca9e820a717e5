import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** As much of a NATS server as a client needs to connect: it says who it is, and answers pings while it likes. */
export class FakeNatsServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #answers = true;

  private constructor(info: object) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (data) => {
        if (this.#answers && data.includes("PING")) socket.write("PONG\r\n");
      });
      socket.write(
        `INFO ${JSON.stringify({ server_id: "fake", headers: true, max_payload: 1_048_576, ...info })}\r\n`,
      );
    });
  }

  static async start(info: { version: string; jetstream: boolean }): Promise<FakeNatsServer> {
    const fake = new FakeNatsServer(info);
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers no ping any more, as a server behind a broken network. */
  fallSilent(): void {
    this.#answers = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
