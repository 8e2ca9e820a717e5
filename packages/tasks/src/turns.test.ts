import { expect, it, vi } from "vitest";
import { Turns } from "./turns.ts";

it("does no more at once than it may, in order, and goes on after a failure", async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const taken = ends.map(({ promise }, i) =>
    turns.take(() => {
      begun.push(i);
      return promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error("no"));
  await expect(taken[1]).rejects.toThrow("no");
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  for (const [i, { resolve }] of ends.entries()) resolve(i);
  expect(await Promise.all([taken[0], taken[2], taken[3], taken[4]])).toEqual([0, 2, 3, 4]);
});

it("does not do what has waited too long", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const turns = new Turns(1);
    const slow = Promise.withResolvers<void>();
    const first = turns.take(() => slow.promise);
    const work = vi.fn(async () => {});
    const late = turns.take(work);
    vi.advanceTimersByTime(2_001);
    slow.resolve();
    await first;
    await expect(late).rejects.toMatchObject({ code: "timeout" });
    expect(work).not.toHaveBeenCalled();
    await turns.take(work);
  } finally {
    vi.useRealTimers();
  }
});
