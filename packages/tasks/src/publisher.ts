import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from "nats";
import { watchConnection } from "./connection-watch.ts";
import { inboxPrefix } from "./inbox.ts";
import { refusal } from "./refusal.ts";
import { TasksError } from "./tasks-error.ts";

/** What a publisher can be told. */
export interface PublisherOptions {
  /** How many publishes may wait for their ack at once; more wait for their turn. @default 1024 */
  maxInFlight?: number;
  /** How long one publish may take, its wait for a turn included. @default 2000 */
  timeoutMs?: number;
  /** Called when no stream takes a subject: it may have been deleted. @default nothing */
  onNoStream?: () => void;
}

/** What one publish carries beside its subject and payload. */
export interface PublishOptions {
  headers?: MsgHdrs | undefined;
  /** @default the publisher's own timeout */
  timeoutMs?: number | undefined;
}

/** The server's word that a message is stored. */
export interface Stored {
  /** The sequence of the message in its stream. */
  sequence: number;
  /** A message with the same `Nats-Msg-Id` was there already; this one was not stored. */
  duplicate: boolean;
}

interface Waiting {
  subject: string;
  payload: string | Uint8Array;
  headers: MsgHdrs | undefined;
  deadline: number;
  resolve(stored: Stored): void;
  reject(error: TasksError): void;
}

const sweepMs = 100;

/**
 * Publishes to JetStream with one shared reply inbox, many at once, and settles each by its ack.
 *
 * While the connection is lost every publish fails at once with `disconnected`, those in flight too: a message
 * whose ack was lost may be stored all the same, so publish again only what is idempotent.
 */
export class Publisher implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #maxInFlight: number;
  readonly #timeoutMs: number;
  readonly #onNoStream: () => void;
  readonly #inbox: string;
  readonly #replies: Subscription;
  readonly #watch: Disposable;
  readonly #inFlight = new Map<number, Waiting>();
  readonly #turns: Waiting[] = [];
  readonly #outbox: number[] = [];
  #turn = 0;
  #token = 0;
  #connected = true;
  #closed = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(connection: NatsConnection, options: PublisherOptions = {}) {
    this.#connection = connection;
    this.#maxInFlight = options.maxInFlight ?? 1024;
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#onNoStream = options.onNoStream ?? (() => {});
    this.#inbox = `${createInbox(inboxPrefix(connection))}.`;
    this.#replies = connection.subscribe(`${this.#inbox}*`, { callback: (_, reply) => this.#settle(reply) });
    this.#watch = watchConnection(connection, {
      onLost: () => {
        this.#connected = false;
        this.#failAll(disconnectedError());
      },
      onBack: () => {
        this.#connected = true;
      },
    });
  }

  /** How many publishes are on their way or wait for their turn. */
  get pending(): number {
    return this.#inFlight.size + this.#turns.length - this.#turn;
  }

  /**
   * Publishes one message and waits until the server has stored it.
   * Throws a {@link TasksError}: `conflict` when an expected sequence did not hold, `store_full` or `refused` when the
   * server would not store it, `timeout` or `disconnected` when it is not known whether it did, `closed` afterwards.
   */
  publish(subject: string, payload: string | Uint8Array, options: PublishOptions = {}): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        subject,
        payload,
        headers: options.headers,
        deadline: Date.now() + (options.timeoutMs ?? this.#timeoutMs),
        resolve,
        reject,
      };
      if (this.#closed) return reject(closedError());
      if (!this.#connected) return reject(disconnectedError());
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs);
      if (this.#inFlight.size >= this.#maxInFlight) this.#turns.push(waiting);
      else this.#send(waiting);
    });
  }

  /** Fails what is still on its way with `closed` and leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#replies.unsubscribe();
    this.#watch[Symbol.dispose]();
    this.#failAll(closedError());
    this.#stopSweeping();
  }

  #send(waiting: Waiting): void {
    const token = this.#token++;
    this.#inFlight.set(token, waiting);
    if (this.#outbox.push(token) === 1) setImmediate(this.#flush);
  }

  /** What comes in one turn of the event loop, such as from many requests, leaves in one write. */
  readonly #flush = (): void => {
    for (const token of this.#outbox.splice(0)) {
      const waiting = this.#inFlight.get(token);
      if (waiting !== undefined) this.#write(token, waiting);
    }
  };

  #write(token: number, waiting: Waiting): void {
    try {
      this.#connection.publish(waiting.subject, waiting.payload, {
        reply: this.#inbox + token,
        ...(waiting.headers && { headers: waiting.headers }),
      });
    } catch (cause) {
      this.#inFlight.delete(token);
      waiting.reject(publishError(waiting.subject, cause));
    }
  }

  #settle(reply: Msg): void {
    const token = Number(reply.subject.slice(this.#inbox.length));
    const waiting = this.#inFlight.get(token);
    if (waiting === undefined) return;
    this.#inFlight.delete(token);
    const outcome = readAck(reply, waiting.subject);
    if (isNoStream(reply)) this.#onNoStream();
    if (outcome instanceof TasksError) waiting.reject(outcome);
    else waiting.resolve(outcome);
    this.#nextTurn();
    if (this.pending === 0) this.#stopSweeping();
  }

  #nextTurn(): void {
    const next = this.#turns[this.#turn];
    if (next === undefined) return;
    this.#turn += 1;
    if (this.#turn === this.#turns.length) {
      this.#turns.length = 0;
      this.#turn = 0;
    }
    this.#send(next);
  }

  #sweep(): void {
    const now = Date.now();
    for (const [token, waiting] of this.#inFlight) {
      if (waiting.deadline > now) continue;
      this.#inFlight.delete(token);
      waiting.reject(timeoutError(waiting.subject));
    }
    const turns = this.#turns.splice(0).slice(this.#turn);
    this.#turn = 0;
    for (const waiting of turns) {
      if (waiting.deadline <= now) waiting.reject(timeoutError(waiting.subject));
      else if (this.#inFlight.size < this.#maxInFlight) this.#send(waiting);
      else this.#turns.push(waiting);
    }
    if (this.pending === 0) this.#stopSweeping();
  }

  #stopSweeping(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #failAll(error: TasksError): void {
    const lost = [...this.#inFlight.values(), ...this.#turns.splice(0).slice(this.#turn)];
    this.#inFlight.clear();
    this.#turn = 0;
    for (const waiting of lost) waiting.reject(error);
  }
}

function isNoStream(reply: Msg): boolean {
  return reply.headers?.code === 503;
}

function readAck(reply: Msg, subject: string): Stored | TasksError {
  if (isNoStream(reply)) {
    return new TasksError("refused", `no stream takes ${subject}: is JetStream up and provisioned?`);
  }
  const ack = parseAck(reply);
  if (ack?.error !== undefined) return refusal(subject, ack.error);
  if (ack?.seq === undefined) {
    return new TasksError("refused", `${subject}: something other than a stream answered`);
  }
  return { sequence: ack.seq, duplicate: ack.duplicate === true };
}

interface Ack {
  seq?: number;
  duplicate?: boolean;
  error?: { code?: number; err_code?: number; description?: string };
}

/** Anybody may answer on a subject: an error thrown here would stop the reading of the whole connection. */
function parseAck(reply: Msg): Ack | undefined {
  try {
    return reply.json<Ack | null>() ?? undefined;
  } catch {
    return undefined;
  }
}

function publishError(subject: string, cause: unknown): TasksError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/max_payload|max payload/i.test(message)) {
    return new TasksError("payload_too_large", `${subject}: larger than the server takes`, { cause });
  }
  return new TasksError("disconnected", `${subject}: not published: ${message}`, { cause });
}

const closedError = () => new TasksError("closed", "the publisher is closed");
const disconnectedError = () =>
  new TasksError("disconnected", "the connection to NATS is lost; it is being made again");
const timeoutError = (subject: string) =>
  new TasksError("timeout", `${subject}: no ack from the server in time`);
