import { expect, it } from "vitest";
import { persist } from "./persist.ts";
import { TasksError } from "./tasks-error.ts";

it("does what could not be done for the moment once more", async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw new TasksError("timeout", "not yet");
    return tries;
  };
  expect(await persist(work, new AbortController().signal)).toBe(3);
});

it("says why it could not when there is no more time", async () => {
  const full = async () => {
    throw new TasksError("store_full", "no room");
  };
  await expect(persist(full, AbortSignal.timeout(20))).rejects.toMatchObject({ code: "store_full" });
});
