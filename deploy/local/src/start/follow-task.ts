import { setTimeout as delay } from "node:timers/promises";
import { isFinal, parseTaskRecord, type TaskRecord } from "@linecook/protocol";
import { EventSourceParserStream } from "eventsource-parser/stream";

const retryMs = 300;

/**
 * Follows a task by the gateway's event stream: every record that it tells, up to the final one. A stream that breaks
 * off is taken up where it was. Throws when the gateway refuses, or when the signal aborts.
 */
export async function* followTask(url: string, signal: AbortSignal): AsyncGenerator<TaskRecord> {
  let lastId = "";
  while (true) {
    const response = await open(url, lastId, signal);
    for await (const event of eventsOf(response, signal)) {
      lastId = event.id ?? lastId;
      const record = parseTaskRecord(event.data);
      yield record;
      if (isFinal(record.state)) return;
    }
    await delay(retryMs, undefined, { signal });
  }
}

/** Undefined when the gateway is away. */
async function open(url: string, lastId: string, signal: AbortSignal): Promise<Response | undefined> {
  const headers = { accept: "text/event-stream", ...(lastId && { "last-event-id": lastId }) };
  const response = await fetch(url, { headers, signal }).catch(() => undefined);
  signal.throwIfAborted();
  if (response && response.status >= 400 && response.status < 500) {
    throw new Error(`GET ${url} answers ${response.status}: ${await response.text()}`);
  }
  return response;
}

async function* eventsOf(response: Response | undefined, signal: AbortSignal) {
  if (!response?.ok || !response.body) return;
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  try {
    for await (const event of events) if (event.data !== "") yield event;
  } catch (error) {
    // The gateway is gone in the middle: the caller asks again.
    if (signal.aborted) throw error;
  }
}
