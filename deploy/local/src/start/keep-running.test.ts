import { describe, expect, it } from "vitest";
import type { ServiceExit } from "../service-process.ts";
import { keepRunning } from "./keep-running.ts";

const killed: ServiceExit = { code: null, signal: "SIGKILL" };
const patience = { quickDeaths: 2, waitMs: 1 };

describe("keeping a process running", () => {
  it("starts it again, and gives up when it dies again and again", async () => {
    const said: string[] = [];
    let runs = 1;
    await keepRunning(
      {
        name: "gateway",
        ended: async () => killed,
        again: async () => {
          runs += 1;
        },
        signal: new AbortController().signal,
        say: (line) => said.push(line),
      },
      patience,
    );
    expect(runs).toBe(3);
    expect(said).toEqual([
      "gateway ended (SIGKILL); it is started again in 0.001 s",
      "gateway is back",
      "gateway ended (SIGKILL); it is started again in 0.002 s",
      "gateway is back",
      "gateway ended 3 times in a row (SIGKILL) and is not started again; see what it said above",
    ]);
  });

  it("does not give up on one that lives for a while in between", async () => {
    const stop = new AbortController();
    let runs = 1;
    await keepRunning(
      {
        name: "gateway",
        ended: async () => killed,
        again: async () => {
          runs += 1;
          if (runs === 10) stop.abort();
        },
        signal: stop.signal,
        say: () => {},
      },
      { ...patience, quickMs: 0 },
    );
    expect(runs).toBe(10);
  });

  it("tries on when the next run does not come up", async () => {
    let tries = 0;
    await keepRunning(
      {
        name: "gateway",
        ended: async () => ({ code: 1, signal: null }),
        again: async () => {
          tries += 1;
          throw new Error("port is taken");
        },
        signal: new AbortController().signal,
        say: () => {},
      },
      patience,
    );
    expect(tries).toBe(2);
  });

  it("says nothing of an end that was wanted", async () => {
    const said: string[] = [];
    const stop = new AbortController();
    stop.abort();
    await keepRunning({
      name: "gateway",
      ended: async () => ({ code: 0, signal: null }),
      again: async () => {},
      signal: stop.signal,
      say: (line) => said.push(line),
    });
    expect(said).toEqual([]);
  });
});
