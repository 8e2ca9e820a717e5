import { type Html, html } from "./html.ts";

/** A bar behind a number in a table, `share` of the cell's width from 0 to 1. The number itself is the text. */
export function bar(share: number | null, tone: "plain" | "good" | "bad" = "plain"): Html {
  const width = Math.round(Math.min(Math.max(share ?? 0, 0), 1) * 1000) / 10;
  return html`<svg class="bar ${tone}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect
    class="track" width="100" height="8" rx="1"/><rect width="${width}" height="8" rx="1"/></svg>`;
}
