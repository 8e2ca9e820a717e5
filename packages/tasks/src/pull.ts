import { setTimeout as delay } from "node:timers/promises";
import { names } from "@linecook/protocol";
import { createInbox, type Msg, type NatsConnection, type Subscription } from "nats";
import { consumerOf } from "./delivery.ts";
import { inboxPrefix } from "./inbox.ts";

/** How a pull request ended. */
export type PullEnd =
  /** Every message it asked for came. */
  | "full"
  /** The consumer has no more for now. */
  | "empty"
  /** The server dropped it, or is not heard of: nothing is known of the consumer. */
  | "lost";

/** What a pull request asks for. */
export interface PullRequest {
  consumer: string;
  /** How many messages at the most. */
  batch: number;
  /** How long the server may keep it waiting for messages; 0: it answers at once with what there is. */
  waitMs: number;
}

interface Open {
  readonly consumer: string;
  remaining: number;
  deadline: number;
  readonly patienceMs: number;
  end(end: PullEnd): void;
}

const idleHeartbeatMs = 5_000;
const answerMs = 2_000;
const checkMs = 1_000;
const drainMs = 1_000;
const nanosPerMs = 1_000_000;

/**
 * Pull requests of one worker that share an inbox, at most one for each consumer. Messages go to `onMessage` as they
 * come. A request that the server forgot (it restarted, its leader changed) ends as `lost` when its heartbeats stay out.
 */
export class PullInbox implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #onMessage: (message: Msg) => void;
  readonly #prefix: string;
  readonly #subscription: Subscription;
  readonly #open = new Map<string, Open>();
  readonly #check: NodeJS.Timeout;
  #token = 0;

  constructor(connection: NatsConnection, onMessage: (message: Msg) => void) {
    this.#connection = connection;
    this.#onMessage = onMessage;
    this.#prefix = `${createInbox(inboxPrefix(connection))}.`;
    this.#subscription = connection.subscribe(`${this.#prefix}*`, {
      callback: (error, message) => {
        if (error === null) this.#take(message);
      },
    });
    this.#check = setInterval(() => this.#endUnheard(), checkMs);
  }

  /** Sends a pull request. Resolves when the server owes no more messages for it. */
  pull(request: PullRequest): Promise<PullEnd> {
    const token = (this.#token++).toString(36);
    const waits = request.waitMs > 0;
    const patienceMs = waits ? idleHeartbeatMs * 2.5 : answerMs;
    const ended = new Promise<PullEnd>((resolve) => {
      const end = (how: PullEnd) => {
        if (this.#open.delete(token)) resolve(how);
      };
      const { consumer, batch: remaining } = request;
      this.#open.set(token, { consumer, remaining, deadline: Date.now() + patienceMs, patienceMs, end });
    });
    const body = waits
      ? {
          batch: request.batch,
          expires: request.waitMs * nanosPerMs,
          idle_heartbeat: idleHeartbeatMs * nanosPerMs,
        }
      : { batch: request.batch, no_wait: true };
    this.#connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${names.tasks}.${request.consumer}`,
      JSON.stringify(body),
      { reply: this.#prefix + token },
    );
    return ended;
  }

  /** Ends every request as `lost`: the connection to the server that knew them is gone. */
  loseAll(): void {
    for (const open of this.#open.values()) open.end("lost");
  }

  /** Withdraws every request; messages that were on their way still come. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#check);
    this.loseAll();
    // A drain waits for an answer of the server, which a lost connection never brings.
    const drained = this.#connection.isClosed() ? undefined : this.#subscription.drain().catch(() => {});
    await Promise.race([drained, delay(drainMs, undefined, { ref: false })]);
  }

  #take(message: Msg): void {
    // A task comes under its own subject, whatever its headers look like.
    if (!message.subject.startsWith(this.#prefix)) {
      this.#count(message);
      this.#onMessage(message);
      return;
    }
    const open = this.#open.get(message.subject.slice(this.#prefix.length));
    if (open === undefined) return;
    const status = message.headers?.code;
    if (status === 100) open.deadline = Date.now() + open.patienceMs;
    // 404: no messages. 408: waited long enough. Others: consumer gone, leader changed, server stops, no JetStream.
    else open.end(status === 404 || status === 408 ? "empty" : "lost");
  }

  /** A task comes under its own subject, not that of the request: its ack subject tells the consumer. */
  #count(message: Msg): void {
    const consumer = consumerOf(message);
    for (const open of this.#open.values()) {
      if (open.consumer !== consumer) continue;
      open.remaining -= 1;
      open.deadline = Date.now() + open.patienceMs;
      if (open.remaining === 0) open.end("full");
      return;
    }
  }

  #endUnheard(): void {
    const now = Date.now();
    for (const open of this.#open.values()) {
      if (open.deadline < now) open.end("lost");
    }
  }
}
