import type { Figures, Rejected } from "../report/figures.ts";
import type { Report } from "../report/make-report.ts";
import { bar } from "./bar.ts";
import { formatCount, formatDays, formatRate, formatShortDay, type moneyFormat } from "./format.ts";
import { type Html, html } from "./html.ts";

type Money = ReturnType<typeof moneyFormat>;
interface Row extends Figures {
  name: Html;
}

/** Nobody reads more carriers, or more lanes, on a page; the JSON report has them all. */
const mostRows = 40;

export function carrierTable(report: Report, money: Money): Html {
  const rows = report.by_carrier.map((row, index) => ({
    ...row,
    name: html`<span class="number">${index + 1}</span> ${row.carrier}`,
  }));
  return table("Carriers, those with the most shipments first", "Carrier", rows, money);
}

export function laneTable(report: Report, money: Money): Html {
  return table("Lanes, those with the most shipments first", "Lane", named(report.by_lane), money);
}

export function worstLaneTable(report: Report, money: Money): Html {
  return table("The lanes with the lowest on-time rate", "Lane", named(report.worst_lanes), money, "bad");
}

export function weekTable(report: Report, money: Money): Html {
  const rows = report.by_week.map((row) => ({ ...row, name: html`${formatShortDay(row.week)}` }));
  return table("Weeks, from Monday to Sunday", "Week of", rows, money, "good", rows.length);
}

export function rejectedTable(reasons: readonly (Rejected & { meaning: string })[]): Html {
  return html`<div class="scroll"><table class="rejected">
  <caption>Rows that make no sense, by reason</caption>
  <thead><tr><th scope="col">Reason</th><th scope="col" class="n">Rows</th><th scope="col">For example</th></tr></thead>
  <tbody>${reasons.map(
    ({
      reason,
      meaning,
      rows,
      examples,
    }) => html`<tr><th scope="row"><code>${reason}</code><small>${meaning}</small></th>
    <td class="n">${formatCount(rows)}</td><td><ul>${examples.map((example) => html`<li>${example}</li>`)}</ul></td></tr>`,
  )}</tbody>
</table></div>`;
}

function named<Lane extends Figures & { origin: string; destination: string }>(
  lanes: readonly Lane[],
): Row[] {
  return lanes.map((lane) => ({ ...lane, name: html`${lane.origin} → ${lane.destination}` }));
}

function table(
  caption: string,
  first: string,
  rows: readonly Row[],
  money: Money,
  tone: "good" | "bad" = "good",
  limit = mostRows,
): Html {
  const shown = rows.slice(0, limit);
  const largest = Math.max(1, ...shown.map(({ shipments }) => shipments));
  const dearest = Math.max(...shown.map(({ cost_per_kg: cost }) => cost ?? 0)) || 1;
  return html`<div class="scroll"><table>
  <caption>${caption}${rows.length > limit && ` (the first ${limit} of ${formatCount(rows.length)})`}</caption>
  <thead><tr><th scope="col">${first}</th><th scope="col" class="n">Shipments</th><th scope="col" class="n">On time</th>
    <th scope="col" class="n">Late</th><th scope="col" class="n">Transit days</th><th scope="col" class="n">95 %</th>
    <th scope="col" class="n">Cost per kg</th><th scope="col" class="n">Cost</th></tr></thead>
  <tbody>${shown.map(
    (row) => html`<tr><th scope="row">${row.name}</th>
    <td class="n">${formatCount(row.shipments)}${bar(row.shipments / largest)}</td>
    <td class="n">${formatRate(row.on_time_rate)}${bar(row.on_time_rate, tone)}</td>
    <td class="n">${formatCount(row.late)}</td>
    <td class="n">${formatDays(row.transit_days_mean)}</td>
    <td class="n">${formatDays(row.transit_days_p95)}</td>
    <td class="n">${money.price(row.cost_per_kg)}${bar((row.cost_per_kg ?? 0) / dearest)}</td>
    <td class="n">${money.cost(row.cost)}</td></tr>`,
  )}</tbody>
</table></div>`;
}
