import type { NatsConnection } from "nats";
import { watchConnection } from "./connection-watch.ts";

/** Remembers when the connection was last away: then nobody's signs of life were heard. */
export class Outages implements Disposable {
  readonly #watch: Disposable;
  #backAt = Number.NEGATIVE_INFINITY;

  /** @param onBack Called when the connection is there again. */
  constructor(connection: NatsConnection, onBack: () => void) {
    this.#watch = watchConnection(connection, {
      onBack: () => {
        this.#backAt = performance.now();
        onBack();
      },
    });
  }

  /** Whether the connection came back within this time. */
  within(ms: number): boolean {
    return performance.now() - this.#backAt <= ms;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}
