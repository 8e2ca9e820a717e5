import { z } from "zod";

/** The schema of a variable that is an integer. */
export function integer(bounds: { min: number; max: number }) {
  const { min, max } = bounds;
  return z.string().transform((text, context) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message: `expected an integer from ${min} to ${max}` });
    return z.NEVER;
  });
}

/** The schema of a variable that is a time in whole milliseconds; such a variable's name ends in `_MS`. */
export function milliseconds(bounds: { min: number; max: number }) {
  const { min, max } = bounds;
  return z.string().transform((text, context) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message: `expected milliseconds, from ${min} to ${max}` });
    return z.NEVER;
  });
}

/** The schema of a variable that is `true` or `false`; `1`, `0`, `yes`, `no`, `on` and `off` do as well. */
export function boolean() {
  return z.stringbool({ error: "expected true or false" });
}
