import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { WeekFigures } from "../report/figures.ts";
import type { Report } from "../report/make-report.ts";
import { carrierMap } from "./carrier-map.ts";
import {
  formatCount,
  formatDay,
  formatDays,
  formatRate,
  formatRateTick,
  formatTime,
  formatWeight,
  moneyFormat,
} from "./format.ts";
import { type Html, html, styleElement, textOf } from "./html.ts";
import { lede } from "./lede.ts";
import { carrierTable, laneTable, rejectedTable, weekTable, worstLaneTable } from "./tables.ts";
import { type WeekChart, weekChart } from "./week-chart.ts";

const css = readFileSync(new URL("page.css", import.meta.url), "utf8");
/** Nothing is loaded and nothing runs: whatever a file of shipments may have brought in stays text. */
const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'; base-uri 'none'; form-action 'none'`;

type Money = ReturnType<typeof moneyFormat>;

/** The report as one HTML page that needs nothing else: no script, no network, light and dark, on screen and paper. */
export function renderPage(report: Report): string {
  const money = moneyFormat(report.currency);
  const title = `Shipment report ${report.period.label}, user ${report.user_id}`;
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${styleElement(css)}
</head>
<body>
<main>
${header(report)}
${lede(report)}
${report.notes.length > 0 && html`<ul class="notes">${report.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${report.totals.shipments > 0 && figures(report, money)}
${rejects(report)}
${report.totals.shipments > 0 && method(report)}
</main>
</body>
</html>
`);
}

function header({ period, user_id: user, carriers, report_id: id, generated_at: at }: Report): Html {
  const lastDay = new Date(Date.parse(period.to) - 86_400_000).toISOString();
  return html`<header>
  <div>
    <p class="eyebrow">Shipment report</p>
    <h1>${period.label}</h1>
  </div>
  <p class="about">${formatDay(period.from)} to ${formatDay(lastDay)}<br>
    User ${user} · ${carriers ? carriers.join(", ") : "all carriers"}<br>
    Report ${id} · ${formatTime(at)}</p>
</header>`;
}

function figures(report: Report, money: Money): Html {
  const { totals } = report;
  return html`<dl class="tiles">
  ${tile("Shipments", formatCount(totals.shipments), `${formatCount(totals.delivered)} delivered`)}
  ${tile("On time", formatRate(totals.on_time_rate), `${formatCount(totals.late)} late`)}
  ${tile("Days in transit", formatDays(totals.transit_days_mean), `95 % within ${formatDays(totals.transit_days_p95)} days`)}
  ${tile("Cost per kg", money.price(totals.cost_per_kg), `${money.cost(totals.cost)} for ${formatWeight(totals.weight_kg)}`)}
</dl>
<section>
<h2>Week by week</h2>
<p>By week of shipping; the first and the last week may be cut by the period.</p>
<div class="charts">${weekCharts(report.by_week, money).map(weekChart)}</div>
<details><summary>The weeks as a table</summary>${weekTable(report, money)}</details>
</section>
<section>
<h2>Lanes to look at</h2>
<p>The lowest on-time rates among lanes with at least ${report.worst_lanes_minimum} shipments that were due.</p>
${worstLaneTable(report, money)}
</section>
<section>
<h2>Carriers</h2>
<p>What each carrier kept of its promises, and at what price.</p>
${carrierMap(report.by_carrier, money.price)}
${carrierTable(report, money)}
</section>
<section>
<h2>Lanes</h2>
<p>From origin to destination.</p>
${laneTable(report, money)}
</section>`;
}

function tile(name: string, figure: string, detail: string): Html {
  return html`<div><dt>${name}</dt><dd class="big">${figure}</dd><dd class="small">${detail}</dd></div>`;
}

function weekCharts(weeks: readonly WeekFigures[], money: Money): WeekChart[] {
  const points = (value: (week: WeekFigures) => number | null) =>
    weeks.map((week) => ({ week: week.week, value: value(week) }));
  return [
    {
      title: "Shipments",
      shape: "columns",
      points: points((w) => w.shipments),
      format: formatCount,
    },
    {
      title: "On time",
      shape: "line",
      points: points((w) => w.on_time_rate),
      format: formatRate,
      formatTick: formatRateTick,
      ceiling: 1,
    },
    {
      title: "Days in transit",
      shape: "line",
      points: points((w) => w.transit_days_mean),
      format: formatDays,
    },
    {
      title: "Cost per kg",
      shape: "line",
      points: points((w) => w.cost_per_kg),
      format: money.price,
    },
  ];
}

function rejects({ rejected, totals }: Report): Html | undefined {
  if (rejected.total === 0) {
    return totals.shipments > 0 ? html`<h2>Rows left out</h2><p>None: every row made sense.</p>` : undefined;
  }
  return html`<section>
<h2>Rows left out</h2>
<p>${formatCount(rejected.total)} ${rejected.total === 1 ? "row makes no sense, and is" : "rows make no sense, and are"} in no number above.</p>
${rejectedTable(rejected.reasons)}
</section>`;
}

function method(report: Report): Html {
  return html`<section class="method">
<h2>How to read this</h2>
<dl>
<dt>On time</dt><dd>Delivered on the promised day or before, in UTC. What is not delivered though its promised day is over
is late; what is still on its way and not yet due counts as neither.</dd>
<dt>Days in transit</dt><dd>From shipping to delivery, of what was delivered; the mean, and what 95 % stayed within.</dd>
<dt>Cost per kg</dt><dd>All cost divided by all weight, so that a heavy shipment weighs more than a light one. In ${report.currency}.</dd>
<dt>Lanes to look at</dt><dd>A lane is ranked when it has ${report.worst_lanes_minimum} shipments or more that were due:
half as many as the average lane, 20 at the most.</dd>
</dl>
</section>`;
}
