import { stripVTControlCharacters, styleText } from "node:util";

/** Where `start` writes: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

/** As wide as the longest name of a service. */
export const nameWidth = "notification-worker".length;

const eraseLine = "\r\u001b[2K";

/** Lines for a person, and on a terminal one line below them that changes. Colours only where they are wanted. */
export class Screen {
  readonly #output: Output;
  #status = "";

  constructor(output: Output) {
    this.#output = output;
  }

  /** Whether a line can be drawn over. */
  get isTerminal(): boolean {
    return this.#output.isTTY === true;
  }

  /** How many characters fit in a line. */
  get columns(): number {
    return this.#output.columns || 100;
  }

  /** Colours a text, on a terminal only, and not when `NO_COLOR` is set. */
  style(style: Style | readonly Style[], text: string): string {
    if (!this.isTerminal) return text;
    return styleText([style].flat() as Style[], text, { stream: this.#output as NodeJS.WriteStream });
  }

  line(text = ""): void {
    const erase = this.#status === "" ? "" : eraseLine;
    this.#output.write(`${erase}${text}\n${this.#status}`);
  }

  /** Shows that something is there: its name, and what there is to know. */
  fact(name: string, what: string): void {
    this.line(`  ${this.style("green", "✓")} ${name.padEnd(nameWidth)}  ${what}`);
  }

  /** Shows what a person should know of, though nothing has to be done. */
  warn(text: string): void {
    this.line(`  ${this.style("yellow", "!")} ${text}`);
  }

  /** Shows what goes on now, in one line that the next call replaces; the empty text removes it. */
  status(text: string): void {
    if (!this.isTerminal || text === this.#status) return;
    const fits = stripVTControlCharacters(text).length < this.columns;
    this.#status = fits ? text : stripVTControlCharacters(text).slice(0, this.columns - 1);
    this.#output.write(`${eraseLine}${this.#status}`);
  }
}
