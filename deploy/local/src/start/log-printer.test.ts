import { describe, expect, it } from "vitest";
import { printLog } from "./log-printer.ts";
import { Screen } from "./screen.ts";

describe("a log line on the screen", () => {
  it("says who, what and the details, from the wanted level on", () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => written.push(text) });
    printLog(screen, "warn", "gateway", { level: "info", msg: "ready" });
    printLog(screen, "warn", "gateway", { level: "fatal", msg: "2 are wrong:\n  A\n  B" });
    printLog(screen, "warn", "gateway", {
      level: "error",
      msg: "oh",
      time: "12:00",
      service: "gateway",
      err: { message: "no flour" },
      count: 2,
    });
    expect(written).toEqual([
      "    gateway              2 are wrong:\n        A\n        B\n",
      "    gateway              oh  err=no flour  count=2\n",
    ]);
  });
});
