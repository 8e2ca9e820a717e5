import type { TaskRecord } from "@linecook/protocol";
import type { Screen } from "./screen.ts";

const barWidth = 28;

/** Shows how far a task is: a bar on a terminal, elsewhere a line for each new thing that is done. */
export class Progress {
  readonly #screen: Screen;
  readonly #startedAt = Date.now();
  #lastMessage = "";

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show({ state, progress, attempt }: Pick<TaskRecord, "state" | "progress" | "attempt">): void {
    const fraction = state === "succeeded" ? 1 : (progress?.fraction ?? 0);
    const message = state === "running" || state === "succeeded" ? (progress?.message ?? state) : state;
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    this.#screen.status(`  ${this.#bar(fraction)}  ${percent(fraction)}  ${message}${again}`);
    if (this.#screen.isTerminal || state === "succeeded" || message === this.#lastMessage) return;
    this.#lastMessage = message;
    this.#screen.line(`  ${percent(fraction)}  ${message}${again}`);
  }

  /** Leaves the full bar and the time on a terminal. */
  done(): void {
    const seconds = ((Date.now() - this.#startedAt) / 1_000).toFixed(1);
    this.#screen.status("");
    if (this.#screen.isTerminal) this.#screen.line(`  ${this.#bar(1)}  ${percent(1)}  done in ${seconds} s`);
    else this.#screen.line(`  ${percent(1)}  done in ${seconds} s`);
  }

  #bar(fraction: number): string {
    const full = Math.round(fraction * barWidth);
    return (
      this.#screen.style("green", "━".repeat(full)) + this.#screen.style("dim", "━".repeat(barWidth - full))
    );
  }
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`.padStart(4);
}
