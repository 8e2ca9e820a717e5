import { describe, expect, it } from "vitest";
import { textOf } from "./html.ts";
import { type WeekChart, weekChart } from "./week-chart.ts";

const weeks = ["2026-06-29", "2026-07-06", "2026-07-13", "2026-07-20"];

function draw(values: (number | null)[], more: Partial<WeekChart> = {}): string {
  const points = values.map((value, index) => ({ week: weeks[index] ?? "", value }));
  return textOf(weekChart({ title: "On time", shape: "line", points, format: String, ...more }));
}

describe("weekChart", () => {
  it("names itself for those who do not see it, and each mark for those who point at it", () => {
    const svg = draw([0.5, 0.75]);
    expect(svg).toContain('role="img" aria-label="On time by week.');
    expect(svg).toContain("<title>Week of 6 Jul: 0.75</title>");
  });

  it("breaks a line at a week without a value", () => {
    const [path] = /d="([^"]+)"/.exec(draw([0.5, 0.6, null, 0.7]))?.slice(1) ?? [];
    expect(path?.match(/[ML]/g)).toEqual(["M", "L", "M"]);
  });

  it("draws columns from zero, one a week", () => {
    const svg = draw([10, 0, 20], { shape: "columns" });
    const heights = [...svg.matchAll(/class="mark"[^>]*height="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(heights).toHaveLength(3);
    expect(heights[1]).toBe(0);
    expect(heights[2]).toBeCloseTo(2 * (heights[0] ?? 0), 0);
  });

  it("has no number that is none, whatever the values", () => {
    for (const values of [[], [null], [0], [0, 0], [5, 5, 5], [1e12, 0]]) {
      for (const shape of ["line", "columns"] as const) {
        expect(draw(values, { shape })).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });

  it("labels no tick above the ceiling", () => {
    const svg = draw([0.99, 1], { ceiling: 1 });
    const ticks = [...svg.matchAll(/text-anchor="end">([\d.]+)</g)].map((match) => Number(match[1]));
    expect(Math.max(...ticks)).toBe(1);
  });
});
