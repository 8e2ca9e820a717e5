import type { OutgoingHttpHeaders } from "node:http";
import type { TaskEvent } from "@linecook/tasks";
import type { FastifyReply } from "fastify";
import { traceDelivery } from "./deliver.ts";
import { EventStream } from "./event-stream.ts";
import type { ServerParts } from "./server-parts.ts";

/** What to stream. */
export interface Streamed {
  events: AsyncIterable<TaskEvent>;
  /** The sequence that the events come after, when the client should know it from the start. */
  after?: number;
  /** Ends the stream. */
  signal: AbortSignal;
}

/** Answers with server-sent events, until there are no more or the signal aborts. */
export async function streamEvents(
  reply: FastifyReply,
  { events, after, signal }: Streamed,
  { config, logger }: Pick<ServerParts, "config" | "logger">,
): Promise<void> {
  reply.hijack();
  const headers: OutgoingHttpHeaders = {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    "content-type": "text/event-stream; charset=utf-8",
    // Proxies that gather an answer before they pass it on leave this one alone.
    "x-accel-buffering": "no",
  };
  reply.raw.writeHead(200, headers);
  using stream = new EventStream(reply.raw, after, config.events);
  try {
    for await (const event of events) {
      await stream.send(event);
      traceDelivery(event);
    }
    if (signal.aborted) stream.interrupt();
  } catch (err) {
    // The client comes again and goes on where it was.
    logger.debug({ err }, "a stream of events was interrupted");
    stream.interrupt();
  }
}
