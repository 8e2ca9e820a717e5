import { setTimeout as delay } from "node:timers/promises";
import type { Msg, NatsConnection } from "nats";
import { watchConnection } from "./connection-watch.ts";
import { PullInbox } from "./pull.ts";

/** One consumer to take from. */
interface Source {
  readonly consumer: string;
  /** A waiting pull is open: the consumer has nothing, or says so the moment it has. */
  armed: boolean;
}

/** What an intake is made with. */
export interface IntakeOptions {
  connection: NatsConnection;
  /** Consumers by urgency: all of the first group are empty before one of the second is asked. */
  groups: readonly (readonly string[])[];
  /** How many messages can be begun now. */
  free: () => number;
  onMessage: (message: Msg) => void;
  /** No slot has been free for a moment: what waits for one should go elsewhere. */
  onFullHouse: () => void;
  /** The server dropped a pull of this consumer: it may be gone. */
  onTrouble: (consumer: string) => void;
}

const armedWaitMs = 30_000;
const fullHouseMs = 20;
const troubleMs = 500;

/**
 * Pulls what can be run, the most urgent first.
 *
 * While slots are free, it asks each consumer in turn for as much as can be begun. One that has nothing gets a waiting
 * pull for a single message ("armed"), so that it is asked again only after it had something. When no slot has been
 * free for a moment, the waiting pulls are withdrawn, so that a busy worker takes nothing that an idle one could run.
 */
export class Intake implements AsyncDisposable {
  readonly #options: IntakeOptions;
  readonly #groups: Source[][];
  readonly #sweeps: PullInbox;
  readonly #watch: Disposable;
  readonly #withdrawn = new Set<Promise<void>>();
  #waits: PullInbox;
  #fullHouse: NodeJS.Timeout | undefined;
  #stopped = false;
  #paused = false;
  #news = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#groups = options.groups.map((group) => group.map((consumer) => ({ consumer, armed: false })));
    this.#sweeps = this.#inbox();
    this.#waits = this.#inbox();
    this.#watch = watchConnection(options.connection, {
      onLost: () => this.#pause(),
      onBack: () => this.#resume(),
    });
  }

  /** Starts to pull. */
  start(): void {
    this.#loop = this.#run();
  }

  /** Something changed: a slot is free, or taken. */
  notify(): void {
    this.#watchFullHouse();
    this.#wake();
  }

  /** Stops pulling. When it returns, no message comes any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#fullHouse);
    this.#watch[Symbol.dispose]();
    const inboxes = [this.#sweeps, this.#waits].map((inbox) => inbox[Symbol.asyncDispose]());
    await Promise.all([...inboxes, ...this.#withdrawn]);
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const news = this.#news.promise;
      const moved = await this.#sweep();
      if (!moved) await news;
    }
  }

  /** The connection is lost, and with it every pull: nothing is pulled until it is there again. */
  #pause(): void {
    this.#paused = true;
    this.#sweeps.loseAll();
    this.#waits.loseAll();
  }

  #resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /** Asks every consumer once, by urgency, and says whether there is reason to ask again at once. */
  async #sweep(): Promise<boolean> {
    let moved = false;
    for (const group of this.#groups) {
      for (const source of [...group]) {
        const batch = this.#options.free();
        if (this.#stopped || this.#paused || batch <= 0) return false;
        putLast(source, group);
        if (source.armed) continue;
        const end = await this.#sweeps.pull({ consumer: source.consumer, batch, waitMs: 0 });
        if (this.#stopped || this.#paused) return false;
        if (end === "empty") this.#arm(source);
        if (end === "lost") await this.#recover(source);
        moved = true;
      }
    }
    return moved;
  }

  #arm(source: Source): void {
    source.armed = true;
    const waiting = this.#waits.pull({ consumer: source.consumer, batch: 1, waitMs: armedWaitMs });
    void waiting.then((end) => {
      source.armed = false;
      // A server that deletes a stream may drop a pull of another of its consumers without a word.
      if (end === "lost") this.#waits.loseAll();
      this.#wake();
    });
  }

  async #recover(source: Source): Promise<void> {
    this.#options.onTrouble(source.consumer);
    await delay(troubleMs, undefined, { ref: false });
  }

  #watchFullHouse(): void {
    if (this.#options.free() > 0 || this.#stopped) {
      clearTimeout(this.#fullHouse);
      this.#fullHouse = undefined;
    } else {
      this.#fullHouse ??= setTimeout(() => this.#withdraw(), fullHouseMs);
    }
  }

  #withdraw(): void {
    this.#fullHouse = undefined;
    const withdrawn = this.#waits[Symbol.asyncDispose]().finally(() => this.#withdrawn.delete(withdrawn));
    // What was on its way comes still: a worker that stops must wait for it, to give it back.
    this.#withdrawn.add(withdrawn);
    this.#waits = this.#inbox();
    this.#options.onFullHouse();
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #inbox(): PullInbox {
    return new PullInbox(this.#options.connection, (message) => this.#options.onMessage(message));
  }
}

/** Who was asked last is asked first no more: of tasks of the same urgency none starves another. */
function putLast(source: Source, group: Source[]): void {
  group.splice(group.indexOf(source), 1);
  group.push(source);
}
