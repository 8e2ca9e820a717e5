import { scaleBand, scaleLinear } from "d3-scale";
import { formatShortDay } from "./format.ts";
import { type Html, html } from "./html.ts";

export interface WeekChart {
  title: string;
  shape: "columns" | "line";
  points: readonly { week: string; value: number | null }[];
  format: (value: number) => string;
  /** @default format */
  formatTick?: (value: number) => string;
  /** Rates do not need more room than up to 1. @default the largest value */
  ceiling?: number;
}

const width = 480;
const height = 190;
const margin = { top: 10, right: 8, bottom: 24, left: 48 };

/** One measure over the weeks. A week without a value leaves a gap in a line. */
export function weekChart(chart: WeekChart): Html {
  const values = chart.points.flatMap(({ value }) => (value === null ? [] : [value]));
  const x = scaleBand<number>()
    .domain(chart.points.map((_, index) => index))
    .range([margin.left, width - margin.right])
    .padding(0.22);
  const y = scaleLinear()
    .domain(domain(chart, values))
    .range([height - margin.bottom, margin.top])
    .nice(4)
    .clamp(true);
  const ticks = y.ticks(4).filter((tick) => tick <= (chart.ceiling ?? Number.POSITIVE_INFINITY));
  const middle = (index: number) => round((x(index) ?? 0) + x.bandwidth() / 2);
  const labelled = Math.ceil(chart.points.length / 7);
  return html`<figure class="chart">
  <figcaption>${chart.title}</figcaption>
  <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.title} by week. The table below has the numbers.">
    <g class="axis">${ticks.map(
      (
        tick,
      ) => html`<line x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>
      <text x="${margin.left - 8}" y="${round(y(tick)) + 4}" text-anchor="end">${(chart.formatTick ?? chart.format)(tick)}</text>`,
    )}
    ${chart.points.map(
      ({ week }, index) =>
        index % labelled === 0 &&
        html`<text x="${middle(index)}" y="${height - 6}" text-anchor="middle">${formatShortDay(week)}</text>`,
    )}</g>
    ${chart.shape === "columns" ? columns(chart, x, y) : line(chart, middle, y)}
  </svg>
</figure>`;
}

type Y = (value: number) => number;

function columns(chart: WeekChart, x: ReturnType<typeof scaleBand<number>>, y: Y): Html[] {
  return chart.points.map(({ week, value }, index) => {
    const top = round(y(value ?? 0));
    return html`<rect class="mark" x="${round(x(index) ?? 0)}" y="${top}" width="${round(x.bandwidth())}"
      height="${round(y(0) - top)}" rx="1.5">${tooltip(chart, week, value)}</rect>`;
  });
}

function line(chart: WeekChart, middle: (index: number) => number, y: Y): Html {
  let pen = "M";
  const path = chart.points.map(({ value }, index) => {
    const step = value === null ? "" : `${pen}${middle(index)},${round(y(value))}`;
    pen = value === null ? "M" : "L";
    return step;
  });
  return html`<path class="line" d="${path.join("")}"/>
    ${chart.points.map(
      ({ week, value }, index) =>
        value !== null &&
        html`<circle class="mark" cx="${middle(index)}" cy="${round(y(value))}" r="3.2">${tooltip(chart, week, value)}</circle>`,
    )}`;
}

function tooltip(chart: WeekChart, week: string, value: number | null): Html {
  return html`<title>Week of ${formatShortDay(week)}: ${value === null ? "none" : chart.format(value)}</title>`;
}

/** Columns start at zero; a line takes the room between its lowest and highest value, and a little more. */
function domain(chart: WeekChart, values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, chart.ceiling ?? 1];
  const highest = Math.max(...values);
  if (chart.shape === "columns") return [0, Math.max(highest, 1)];
  const lowest = Math.min(...values);
  const room = (highest - lowest || highest || 1) * 0.25;
  return [Math.max(0, lowest - room), Math.min(chart.ceiling ?? Number.POSITIVE_INFINITY, highest + room)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
