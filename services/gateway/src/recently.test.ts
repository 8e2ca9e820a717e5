import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { recently } from "./recently.ts";

it("does the work once for all who ask while it is done, and for a while after", async () => {
  let times = 0;
  const look = recently(60_000, async () => {
    times += 1;
    await delay(5);
    return times;
  });
  expect(await Promise.all([look(), look()])).toEqual([1, 1]);
  expect(await look()).toBe(1);
});

it("does it again when the while is over, after a failure too", async () => {
  let times = 0;
  const look = recently(0, async () => {
    times += 1;
    if (times === 1) throw new Error("burnt");
    return times;
  });
  await expect(look()).rejects.toThrow("burnt");
  expect(await look()).toBe(2);
  expect(await look()).toBe(3);
});
