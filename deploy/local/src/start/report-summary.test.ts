import type { generateReport } from "@linecook/contracts";
import type { TaskResult } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { summarize } from "./report-summary.ts";

type Report = TaskResult<typeof generateReport>;

const figures: Report["totals"] = {
  shipments: 1_234,
  delivered: 1_200,
  on_time: 1_000,
  late: 200,
  on_time_rate: 0.8333,
  transit_days_mean: 3.46,
  transit_days_p95: 6,
  weight_kg: 45_678.9,
  cost: 22_839.4,
  cost_per_kg: 0.5,
};
const nothing: Report["totals"] = {
  ...{ shipments: 0, delivered: 0, on_time: 0, late: 0, weight_kg: 0, cost: 0 },
  ...{ on_time_rate: null, transit_days_mean: null, transit_days_p95: null, cost_per_kg: null },
};
const report: Report = {
  user_id: 7,
  status: "completed",
  report_id: "rep_1",
  period: { label: "2026-Q3", from: "2026-07-01", to: "2026-10-01" },
  totals: figures,
  by_carrier: [{ ...figures, carrier: "Hanse Logistik" }],
  worst_lanes: [{ ...figures, shipments: 17, origin: "Llanfairpwllgwyngyllgogerych", destination: "Milan" }],
  rejected: { total: 53, reasons: { bad_weight: 9, no_date: 40, b: 3, c: 1 } },
  notes: ["All of it is a sample."],
  artifacts: [],
};

describe("the summary of a report", () => {
  it("lines up the figures, and says what counts nowhere", () => {
    expect(summarize(report, (text) => text).join("\n")).toMatchInlineSnapshot(`
      "Shipments of user 7, 2026-Q3  Jul 1 – Sep 30, 2026

      shipments  1,234
      on time    83.3%, 200 late
      transit    3.5 days, 95 of 100 within 6.0
      weight     45,679 kg
      cost       22,839, 0.50 per kg

      Carriers         shipments   on time   days   per kg
      Hanse Logistik       1,234     83.3%    3.5     0.50

      Worst lanes                          shipments   on time   days   per kg
      Llanfairpwllgwyngyllgogerych → Mi…          17     83.3%    3.5     0.50

      53 rows make no sense and count nowhere: 40 no date, 9 bad weight, 3 b and more

      All of it is a sample."
    `);
  });

  it("shows a report of nothing without a table", () => {
    const empty = { ...report, totals: nothing, by_carrier: [], worst_lanes: [], notes: [] };
    const lines = summarize({ ...empty, rejected: { total: 0, reasons: {} } }, (text) => text);
    expect(lines).toHaveLength(7);
    expect(lines).toContain("on time    –, 0 late");
  });
});
