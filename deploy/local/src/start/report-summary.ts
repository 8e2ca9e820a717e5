import type { generateReport } from "@linecook/contracts";
import type { TaskResult } from "@linecook/protocol";
import { table } from "./table.ts";

type Report = TaskResult<typeof generateReport>;
type Figures = Report["totals"];

const shownCarriers = 5;
const shownLanes = 5;
const shownReasons = 3;

/** A report in some 20 lines for a terminal. `heading` may colour the titles. */
export function summarize(report: Report, heading: (text: string) => string): string[] {
  const { period, totals, by_carrier, worst_lanes, rejected, notes } = report;
  const lines = [
    `${heading(`Shipments of user ${report.user_id}, ${period.label}`)}  ${days(period)}`,
    "",
    ...totalLines(totals),
  ];
  if (by_carrier.length > 0) {
    const rows = by_carrier.slice(0, shownCarriers).map((row) => [row.carrier, ...cells(row)]);
    const title =
      by_carrier.length > shownCarriers ? `Carriers, ${shownCarriers} of ${by_carrier.length}` : "Carriers";
    lines.push("", ...titled(title, rows, heading));
  }
  if (worst_lanes.length > 0) {
    const rows = worst_lanes
      .slice(0, shownLanes)
      .map((row) => [`${row.origin} → ${row.destination}`, ...cells(row)]);
    lines.push("", ...titled("Worst lanes", rows, heading));
  }
  if (rejected.total > 0) lines.push("", rejectedLine(rejected));
  if (notes.length > 0) lines.push("", ...notes);
  return lines;
}

function totalLines(totals: Figures): string[] {
  const facts: [string, string][] = [
    ["shipments", whole(totals.shipments)],
    ["on time", `${rate(totals.on_time_rate)}, ${whole(totals.late)} late`],
    [
      "transit",
      `${tenths(totals.transit_days_mean)} days, 95 of 100 within ${tenths(totals.transit_days_p95)}`,
    ],
    ["weight", `${whole(totals.weight_kg)} kg`],
    ["cost", `${whole(totals.cost)}, ${cents(totals.cost_per_kg)} per kg`],
  ];
  return facts.map(([name, fact]) => `${name.padEnd(11)}${fact}`);
}

const columns = ["shipments", "on time", "days", "per kg"];

const cells = (figures: Figures): string[] => [
  whole(figures.shipments),
  rate(figures.on_time_rate),
  tenths(figures.transit_days_mean),
  cents(figures.cost_per_kg),
];

function titled(title: string, rows: string[][], heading: (text: string) => string): string[] {
  const [head = "", ...body] = table([[title, ...columns], ...rows]);
  return [heading(head), ...body];
}

function rejectedLine({ total, reasons }: Report["rejected"]): string {
  const ranked = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const worst = ranked
    .slice(0, shownReasons)
    .map(([reason, rows]) => `${whole(rows)} ${reason.replaceAll("_", " ")}`);
  const more = ranked.length > shownReasons ? " and more" : "";
  return `${whole(total)} rows make no sense and count nowhere: ${worst.join(", ")}${more}`;
}

/** The end of a period is the first day after it. */
function days({ from, to }: Report["period"]): string {
  const last = new Date(Date.parse(to) - 86_400_000);
  return dayFormat.formatRange(new Date(from), last);
}

const dayFormat = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
const digits = (count: number) => ({ minimumFractionDigits: count, maximumFractionDigits: count });
// Rounds as the report's page does; toFixed would show 91.1 for the 0.9115 that is 91.2% there.
const tenth = new Intl.NumberFormat("en-US", digits(1));
const cent = new Intl.NumberFormat("en-US", digits(2));
const percent = new Intl.NumberFormat("en-US", { style: "percent", ...digits(1) });
const none = "–";
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const tenths = (value: number | null): string => (value === null ? none : tenth.format(value));
const cents = (value: number | null): string => (value === null ? none : cent.format(value));
const rate = (value: number | null): string => (value === null ? none : percent.format(value));
