import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { flattenSpans, type OtlpTraces, type SinkSpan } from "./otlp-json.ts";

export type { SinkSpan };

/**
 * An OTLP receiver for tests: a loopback HTTP server that keeps every span that processes send to it. Start the
 * processes with {@link OtlpSink.env} in their environment.
 */
export class OtlpSink implements AsyncDisposable {
  readonly #server: Server;
  readonly #spans: SinkSpan[] = [];
  readonly #watchers = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  /** Starts a receiver on a free port. */
  static async start(): Promise<OtlpSink> {
    const sink = new OtlpSink();
    sink.#server.listen(0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  /** Gives the variables that make a process send each span here, at once. */
  env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "20",
    };
  }

  /** Gives all spans so far, in the order they came in. */
  spans(): SinkSpan[] {
    return [...this.#spans];
  }

  /**
   * Waits until the spans satisfy a predicate, and gives them. Throws past the limit, with the names of the
   * spans that did come.
   *
   * @default timeoutMs: 10 000
   */
  async waitFor(predicate: (spans: SinkSpan[]) => boolean, timeoutMs = 10_000): Promise<SinkSpan[]> {
    const { promise, resolve, reject } = Promise.withResolvers<SinkSpan[]>();
    const check = () => {
      if (predicate(this.spans())) resolve(this.spans());
    };
    const timer = setTimeout(() => reject(new Error(this.#explain(timeoutMs))), timeoutMs);
    this.#watchers.add(check);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(check);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url === "/v1/traces")
        this.#spans.push(...flattenSpans((await json(request)) as OtlpTraces));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    } catch {
      response.writeHead(400).end("expected OTLP in JSON: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json");
    }
    for (const check of this.#watchers) check();
  }

  #explain(timeoutMs: number): string {
    const came = this.#spans.map(({ service, name }) => `${service}: ${name}`);
    return `The spans waited for did not come within ${timeoutMs} ms; these did: ${came.join(", ") || "none"}`;
  }
}
