import { describe, expect, it } from "vitest";
import { resolvePeriod } from "./period.ts";

const at = (time: string) => resolvePeriod(undefined, new Date(time));

describe("resolvePeriod", () => {
  it("takes the last quarter that is over", () => {
    expect(at("2026-11-22T08:00:00Z")).toEqual({ label: "2026-Q3", from: "2026-07-01", to: "2026-10-01" });
  });

  it("crosses the year", () => {
    expect(at("2027-02-28T23:59:59Z")).toEqual({ label: "2026-Q4", from: "2026-10-01", to: "2027-01-01" });
  });

  it("changes at midnight UTC of a quarter's first day", () => {
    expect(at("2026-09-30T23:59:59.999Z").label).toBe("2026-Q2");
    expect(at("2026-10-01T00:00:00.000Z").label).toBe("2026-Q3");
    expect(at("2026-10-01T01:00:00.000+02:00").label).toBe("2026-Q2");
  });

  it("takes the quarter that was asked for, whatever day it is", () => {
    const asked = resolvePeriod("2024-Q1", new Date("2026-11-22"));
    expect(asked).toEqual({ label: "2024-Q1", from: "2024-01-01", to: "2024-04-01" });
  });

  it("takes days as they are and names the last one that is in", () => {
    const asked = resolvePeriod({ from: "2026-02-10", to: "2026-03-01" }, new Date("2026-11-22"));
    expect(asked).toEqual({ label: "2026-02-10 to 2026-02-28", from: "2026-02-10", to: "2026-03-01" });
  });
});
