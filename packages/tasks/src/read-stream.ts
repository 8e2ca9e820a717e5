import { createInbox, type MsgHdrs, type NatsConnection } from "nats";
import { ask } from "./ask.ts";
import { inboxPrefix } from "./inbox.ts";
import { TasksError } from "./tasks-error.ts";
import { readInTurn } from "./turns.ts";

/** A message that a stream keeps. */
export interface KeptMessage {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly header: MsgHdrs;
  string(): string;
}

interface Page {
  readonly messages: KeptMessage[];
  readonly more: boolean;
}

const pageSize = 256;
const pageBytes = 524_288;
const silenceMs = 2_000;

/**
 * What a stream keeps on a subject from a sequence on, in order, without a consumer (ADR-31 of NATS, batch direct get).
 * The client's own call for it leaves a subscription behind for each page, and waits for ever when a page breaks off.
 * Throws a {@link TasksError}.
 */
export async function* readStream(
  connection: NatsConnection,
  stream: string,
  subject: string,
  fromSequence: number,
): AsyncGenerator<KeptMessage, void, undefined> {
  for (let seq = fromSequence, more = true; more; ) {
    const query = { seq, batch: pageSize, max_bytes: pageBytes, next_by_subj: subject };
    const page = await ask(`stream ${stream}`, () =>
      readInTurn(connection, () => readPage(connection, stream, query)),
    );
    yield* page.messages;
    seq = (page.messages.at(-1)?.seq ?? seq) + 1;
    // The server ends a page early when it holds many bytes.
    more = page.more && page.messages.length > 0;
  }
}

function readPage(connection: NatsConnection, stream: string, query: object): Promise<Page> {
  return new Promise((resolve, reject) => {
    const messages: KeptMessage[] = [];
    const inbox = createInbox(inboxPrefix(connection));
    const end = (finish: () => void) => {
      clearTimeout(silence);
      subscription.unsubscribe();
      finish();
    };
    const subscription = connection.subscribe(inbox, {
      callback: (_, { headers, data }) => {
        if (headers === undefined) return;
        silence.refresh();
        if (headers.code === 0) messages.push(kept(headers, data));
        else if (headers.code === 204) end(() => resolve({ messages, more: pendingAfter(headers) > 0 }));
        else if (headers.code === 404) end(() => resolve({ messages, more: false }));
        else end(() => reject(new TasksError("refused", `stream ${stream}: ${headers.description}`)));
      },
    });
    const silence = setTimeout(() => {
      end(() => reject(new TasksError("timeout", `stream ${stream}: no answer from the server in time`)));
    }, silenceMs);
    connection.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), { reply: inbox });
  });
}

function kept(header: MsgHdrs, data: Uint8Array): KeptMessage {
  return {
    subject: header.get("Nats-Subject"),
    seq: Number(header.get("Nats-Sequence")),
    data,
    header,
    string: () => new TextDecoder().decode(data),
  };
}

function pendingAfter(endOfPage: MsgHdrs): number {
  return Number(endOfPage.get("Nats-Num-Pending"));
}
