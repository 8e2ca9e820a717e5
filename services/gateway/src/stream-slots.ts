import { Problem } from "./problem.ts";

/** Counts what is open at once, in all and for each client address, and refuses what is too much. */
export class StreamSlots {
  readonly #max: number;
  readonly #maxPerClient: number;
  readonly #byClient = new Map<string, number>();
  #open = 0;

  constructor(max: number, maxPerClient = max) {
    this.#max = max;
    this.#maxPerClient = maxPerClient;
  }

  /** How many are open. */
  get open(): number {
    return this.#open;
  }

  /** Takes a slot until what is returned is disposed of. Throws a `Problem` when there is none. */
  take(client: string): Disposable {
    const ofClient = this.#byClient.get(client) ?? 0;
    if (ofClient >= this.#maxPerClient) throw new Problem("too_many_streams_of_client");
    if (this.#open >= this.#max) throw new Problem("too_many_streams");
    this.#open += 1;
    this.#byClient.set(client, ofClient + 1);
    return { [Symbol.dispose]: () => this.#giveBack(client) };
  }

  #giveBack(client: string): void {
    this.#open -= 1;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, left);
  }
}
