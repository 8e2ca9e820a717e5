import * as z from "zod";

interface Bounds {
  min: number;
  max: number;
}

/** The schema of a variable that is an integer within bounds, both included. */
export function integer(bounds: Bounds) {
  return wholeNumber(bounds, `expected an integer from ${bounds.min} to ${bounds.max}`);
}

/** The schema of a variable that is a time in whole milliseconds; such a variable's name ends in `_MS`. */
export function milliseconds(bounds: Bounds) {
  return wholeNumber(bounds, `expected milliseconds, from ${bounds.min} to ${bounds.max}`);
}

/** The schema of a variable that is `true` or `false`; `1`, `0`, `yes`, `no`, `on` and `off` do as well. */
export function boolean() {
  return z.stringbool({ error: "expected true or false" });
}

function wholeNumber({ min, max }: Bounds, message: string) {
  return z.string().transform((text, context) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}
