import type { ServerResponse } from "node:http";
import type { TaskEvent } from "@linecook/tasks";

export interface EventStreamOptions {
  /** How often an idle stream shows that it is alive. */
  heartbeatMs: number;
  /** How long a client may read nothing before its stream is cut. */
  stallMs: number;
}

const reconnectMs = 1_000;
const frames = new WeakMap<TaskEvent, string>();

/** Server-sent events to one client, at the speed at which it reads. */
export class EventStream implements Disposable {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #heartbeat: NodeJS.Timeout;

  /** Begins the answer. `after` is where a client that loses it now would go on. */
  constructor(response: ServerResponse, after: number | undefined, options: EventStreamOptions) {
    this.#response = response;
    this.#stallMs = options.stallMs;
    this.#heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(":\n\n");
    }, options.heartbeatMs);
    const id = after === undefined ? "" : `id: ${after}\n`;
    response.write(`retry: ${reconnectMs}\n${id}\n`);
  }

  /** Sends an event, and waits for as long as the client has not read enough of those before. */
  async send(event: TaskEvent): Promise<void> {
    if (this.#response.write(frameOf(event))) return;
    await this.#drained();
  }

  /** Tells the client to come again soon, though not at the same moment as all others. */
  interrupt(): void {
    this.#response.write(`retry: ${100 + Math.floor(Math.random() * reconnectMs)}\n\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat);
    this.#response.end();
  }

  #drained(): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(stalled);
        response.off("drain", done).off("close", done);
        resolve();
      };
      const stalled = setTimeout(() => response.destroy(), this.#stallMs);
      response.on("drain", done).on("close", done);
    });
  }
}

/** One text for all streams that an event goes to. */
function frameOf(event: TaskEvent): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const id = event.sequence > 0 ? `id: ${event.sequence}\n` : "";
  const frame = `${id}event: ${event.record.state}\ndata: ${JSON.stringify(event.record)}\n\n`;
  frames.set(event, frame);
  return frame;
}
