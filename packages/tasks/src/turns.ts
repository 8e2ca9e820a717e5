import type { NatsConnection } from "nats";
import { TasksError } from "./tasks-error.ts";

interface Waiting {
  readonly deadline: number;
  begin(): void;
  giveUp(): void;
}

const mostAtOnce = 32;
const patienceMs = 2_000;

/** Bounds how much is done at once; the rest waits for its turn, for two seconds at the most. */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Does something when its turn has come. Throws a `TasksError` `timeout` when that comes too late. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    const tooLate = () => new TasksError("timeout", "the server was asked too much at once: no turn in time");
    return new Promise((begin, reject) => {
      this.#waiting.push({
        deadline: performance.now() + patienceMs,
        begin,
        giveUp: () => reject(tooLate()),
      });
    });
  }

  #next(): void {
    const now = performance.now();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.deadline >= now) {
        next.begin();
        return;
      }
      next.giveUp();
    }
    this.#free += 1;
  }
}

const turns = new WeakMap<NatsConnection, Turns>();

/**
 * Reads something that may be large. The server cuts off a connection to which it owes too much (64 MiB unless set
 * otherwise), so no more of them are on their way at once than fit in there.
 */
export function readInTurn<Result>(connection: NatsConnection, read: () => Promise<Result>): Promise<Result> {
  const ofConnection = turns.get(connection) ?? new Turns(mostAtOnce);
  turns.set(connection, ofConnection);
  return ofConnection.take(read);
}
