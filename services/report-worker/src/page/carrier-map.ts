import { scaleLinear, scaleSqrt } from "d3-scale";
import type { CarrierFigures } from "../report/figures.ts";
import { formatRate, formatRateTick } from "./format.ts";
import { type Html, html } from "./html.ts";

const width = 960;
const height = 320;
const margin = { top: 14, right: 24, bottom: 44, left: 64 };
const most = 14;

/** Price against punctuality: each carrier a disc with its number in the table, as large as its volume. */
export function carrierMap(
  carriers: readonly CarrierFigures[],
  price: (amount: number) => string,
): Html | undefined {
  const shown = carriers.slice(0, most).flatMap((carrier, index) => {
    const { on_time_rate: rate, cost_per_kg: cost, shipments } = carrier;
    return rate === null || cost === null
      ? []
      : [{ name: carrier.carrier, number: index + 1, rate, cost, shipments }];
  });
  if (shown.length < 2) return undefined;
  const x = scaleLinear()
    .domain(around(shown.map(({ cost }) => cost)))
    .range([margin.left, width - margin.right])
    .nice();
  const y = scaleLinear()
    .domain(
      around(
        shown.map(({ rate }) => rate),
        1,
      ),
    )
    .range([height - margin.bottom, margin.top])
    .nice(5);
  const radius = scaleSqrt()
    .domain([0, Math.max(...shown.map(({ shipments }) => shipments))])
    .range([8, 18]);
  return html`<figure class="chart wide">
  <figcaption>Price and punctuality <small>the discs are numbered as in the table, and as large as the volume</small></figcaption>
  <svg viewBox="0 0 ${width} ${height}" role="img"
    aria-label="On-time rate against cost per kilogram of each carrier. The table below has the numbers.">
    <g class="axis">
      ${y.ticks(5).map((tick) =>
        tick > 1
          ? undefined
          : html`<line x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>
      <text x="${margin.left - 8}" y="${round(y(tick)) + 4}" text-anchor="end">${formatRateTick(tick)}</text>`,
      )}
      ${x.ticks(8).map((tick) => html`<text x="${round(x(tick))}" y="${height - 24}" text-anchor="middle">${price(tick)}</text>`)}
      <text x="${width - margin.right}" y="${height - 6}" text-anchor="end">cost per kg →</text>
      <text x="${margin.left}" y="${height - 6}">on time ↑</text>
    </g>
    ${shown.map(
      ({
        name,
        number,
        rate,
        cost,
        shipments,
      }) => html`<g class="disc"><circle cx="${round(x(cost))}" cy="${round(y(rate))}"
      r="${round(radius(shipments))}"/><text x="${round(x(cost))}" y="${round(y(rate)) + 4}" text-anchor="middle">${number}</text><title>${name}: ${formatRate(rate)} on time, ${price(cost)} per kg</title></g>`,
    )}
  </svg>
</figure>`;
}

function around(values: readonly number[], ceiling = Number.POSITIVE_INFINITY): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || high || 1) * 0.15;
  return [Math.max(0, low - room), Math.min(ceiling, high + room)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
