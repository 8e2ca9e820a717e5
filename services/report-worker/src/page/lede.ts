import type { CarrierFigures } from "../report/figures.ts";
import type { Report } from "../report/make-report.ts";
import { formatCount, formatRate } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The report in three sentences. */
export function lede(report: Report): Html {
  const { totals, worst_lanes: worst, by_carrier: carriers } = report;
  if (totals.shipments === 0) return html`<p class="lede">There is nothing to report on.</p>`;
  const [best, least] = extremes(carriers);
  const lane = worst[0];
  return html`<p class="lede">${formatCount(totals.on_time)} of ${formatCount(totals.on_time + totals.late)} shipments that were due arrived on
  time, ${formatRate(totals.on_time_rate)}. ${
    best !== undefined &&
    least !== undefined &&
    html`<b>${best.carrier}</b> was the most punctual carrier (${formatRate(best.on_time_rate)}), <b>${least.carrier}</b>
    the least (${formatRate(least.on_time_rate)}).`
  } ${
    lane !== undefined &&
    lane.late > 0 &&
    html`<b>${lane.origin} → ${lane.destination}</b> is the lane to look at first: ${formatCount(lane.late)} late,
    ${formatRate(lane.on_time_rate)} on time.`
  }</p>`;
}

/** The most and the least punctual of the carriers that carry a fair share. */
function extremes(carriers: readonly CarrierFigures[]): (CarrierFigures | undefined)[] {
  const average = carriers.reduce((sum, { shipments }) => sum + shipments, 0) / carriers.length;
  const ranked = carriers
    .filter(({ on_time_rate: rate, shipments }) => rate !== null && shipments >= average / 4)
    .sort((a, b) => (b.on_time_rate ?? 0) - (a.on_time_rate ?? 0));
  return ranked.length < 2 ? [] : [ranked.at(0), ranked.at(-1)];
}
