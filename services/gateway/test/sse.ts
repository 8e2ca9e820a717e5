import type { TaskRecord } from "@linecook/protocol";
import { type EventSourceMessage, EventSourceParserStream } from "eventsource-parser/stream";

/** An open stream of server-sent events. Disposing of it closes the connection. */
export class EventSource implements AsyncDisposable {
  readonly response: Response;
  /** The times to wait before coming back that the gateway named, in ms. */
  readonly retries: number[] = [];
  readonly ids: string[] = [];
  comments = 0;
  readonly #messages: ReadableStreamDefaultReader<EventSourceMessage>;
  readonly #abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    if (response.body === null) throw new Error(`${response.status}: no body`);
    const parser = new EventSourceParserStream({
      onRetry: (ms) => this.retries.push(ms),
      onId: (id) => this.ids.push(id),
      onComment: () => {
        this.comments += 1;
      },
    });
    this.#messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(parser).getReader();
  }

  static async open(url: string, lastEventId?: string): Promise<EventSource> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    return new EventSource(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** The next event; nothing when the stream has ended. */
  async next(): Promise<
    { id: string | undefined; event: string | undefined; record: TaskRecord } | undefined
  > {
    const { value } = await this.#messages.read();
    if (value === undefined) return undefined;
    return { id: value.id, event: value.event, record: JSON.parse(value.data) as TaskRecord };
  }

  /** The next event, which must be there. */
  async expectNext() {
    const next = await this.next();
    if (next === undefined) throw new Error("the stream has ended");
    return next;
  }

  /** The states of all events up to the end of the stream. */
  async states(): Promise<(string | undefined)[]> {
    const states: (string | undefined)[] = [];
    for (let next = await this.next(); next !== undefined; next = await this.next()) states.push(next.event);
    return states;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#messages.cancel().catch(() => {});
  }
}
