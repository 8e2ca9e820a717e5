import { describe, expect, it } from "vitest";
import { backoffDelayMs } from "./backoff.ts";

const backoff = { minMs: 100, maxMs: 1_000, factor: 2 };

describe("the wait between attempts", () => {
  it("grows with each attempt up to its bound", () => {
    const most = [1, 2, 3, 4, 5, 400].map((attempt) => backoffDelayMs(backoff, attempt, () => 1));
    expect(most).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("is half fixed and half random", () => {
    expect(backoffDelayMs(backoff, 1, () => 0)).toBe(50);
    expect(backoffDelayMs(backoff, 1, () => 0.5)).toBe(75);
    const drawn = new Set(Array.from({ length: 50 }, () => backoffDelayMs({ ...backoff, minMs: 1_000 }, 1)));
    expect(drawn.size).toBeGreaterThan(20);
  });
});
