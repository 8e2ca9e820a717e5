import { headers as header, type Lane, parseTaskSubject } from "@linecook/protocol";
import type { Msg, MsgHdrs, NatsConnection } from "nats";
import { attemptOf, submittedAtOf } from "./task-message.ts";

const ack = "+ACK";
const working = "+WPI";
const nak = "-NAK";

/** One hand-out of a task message to this worker, and the answers that the server understands. */
export class Delivery {
  readonly subject: string;
  readonly task: string;
  readonly lane: Lane;
  readonly uid: string;
  readonly taskId: string;
  readonly headers: MsgHdrs | undefined;
  /** How often the server has handed this message out; 1 the first time. */
  readonly deliveryCount: number;
  /** When the message was stored, by the server's clock. */
  readonly storedAt: Date;
  readonly consumer: string;
  /** The message's place in the stream, the same however often it is handed out. */
  readonly sequence: number;
  readonly #message: Msg;
  readonly #connection: NatsConnection;

  private constructor(connection: NatsConnection, message: Msg, ackTokens: readonly string[]) {
    const parts = parseTaskSubject(message.subject);
    this.subject = message.subject;
    this.task = parts?.task ?? "";
    this.lane = parts?.lane ?? "normal";
    this.uid = parts?.uid ?? "";
    this.taskId = `${this.task}-${this.uid}`;
    this.headers = message.headers;
    const [consumer = "", delivered = "1", sequence = "0", , storedNanos = "0"] = ackTokens;
    this.sequence = Number(sequence);
    this.consumer = consumer;
    this.deliveryCount = Number(delivered);
    this.storedAt = new Date(Number(storedNanos) / 1e6);
    this.#message = message;
    this.#connection = connection;
  }

  /** Reads a pulled message; `undefined` when it is none that was stored in a stream. */
  static of(connection: NatsConnection, message: Msg): Delivery | undefined {
    const tokens = ackTokens(message.reply ?? "");
    return tokens === undefined ? undefined : new Delivery(connection, message, tokens);
  }

  /** The body as it came. */
  get body(): Uint8Array {
    return this.#message.data;
  }

  /** The body as text. */
  text(): string {
    return this.#message.string();
  }

  /** The attempt that the message asks for. */
  get attempt(): number {
    return attemptOf(this.headers);
  }

  /** The sequence of the record that a retry expects to find; 0: none. */
  get recordSequence(): number {
    const sequence = Number(this.headers?.get(header.recordSequence) ?? "");
    return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : 0;
  }

  /** When it was submitted. RFC 3339. */
  get submittedAt(): string {
    return submittedAtOf(this.headers, this.storedAt);
  }

  /** It is done: the server forgets it. */
  ack(): void {
    this.#answer(ack);
  }

  /** It is being worked on: ack wait starts anew. */
  working(): void {
    this.#answer(working);
  }

  /** Another worker may have it at once. */
  giveBack(): void {
    this.#answer(nak);
  }

  #answer(verb: string): void {
    // An answer that cannot be given is as good as none: the server hands the message out again.
    if (this.#connection.isClosed() || this.#connection.isDraining()) return;
    this.#connection.publish(this.#message.reply ?? "", verb);
  }
}

/** The consumer that handed a message out; `undefined` when it is none that was pulled. */
export function consumerOf(message: Msg): string | undefined {
  return ackTokens(message.reply ?? "")?.[0];
}

/**
 * What follows the stream in an ack subject: consumer, deliveries, stream sequence, consumer sequence, time, pending.
 * `$JS.ACK.<stream>.<consumer>.…`, or with domain and account hash before the stream (server/consumer.go).
 */
function ackTokens(reply: string): string[] | undefined {
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  if (tokens.length === 9) return tokens.slice(3);
  return tokens.length >= 11 ? tokens.slice(5) : undefined;
}
