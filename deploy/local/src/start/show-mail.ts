import type { CaughtMail } from "../mail-catcher.ts";
import type { Screen } from "./screen.ts";

const shownLines = 12;

/** Shows a mail that was caught. */
export function showMail(screen: Screen, { from, to, subject, text }: CaughtMail): void {
  const lines = text.trimEnd().split("\n");
  screen.line();
  screen.line(`  ${screen.style("cyan", "mail")} to ${to.join(", ")} from ${from}`);
  screen.line(`  ${screen.style("bold", printable(subject))}`);
  for (const line of lines.slice(0, shownLines)) screen.line(`  ${printable(line)}`);
  if (lines.length > shownLines) screen.line(`  and ${lines.length - shownLines} more lines`);
  screen.line();
}

/** A mail must not be able to draw over the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}
