import { generateReport } from "@linecook/contracts";
import * as z from "zod";
import type { Session } from "../duckdb.ts";
import type { Period } from "../period.ts";

const figures = generateReport.result.shape.totals;
const carrierFigures = z.object({ carrier: z.string(), ...figures.shape });
const laneFigures = z.object({ origin: z.string(), destination: z.string(), ...figures.shape });
const weekFigures = z.object({ week: z.string(), ...figures.shape });

export type Figures = z.output<typeof figures>;
export type CarrierFigures = z.output<typeof carrierFigures>;
export type LaneFigures = z.output<typeof laneFigures>;
export type WeekFigures = z.output<typeof weekFigures>;

/** What is said of any group of shipments. All sums are of decimals and integers: no digit depends on their order. */
const measures = `
  count(shipment_id)::DOUBLE AS shipments,
  count(delivered_at)::DOUBLE AS delivered,
  (count(*) FILTER (on_time))::DOUBLE AS on_time,
  (count(*) FILTER (NOT on_time))::DOUBLE AS late,
  round(avg(on_time::INTEGER), 6) AS on_time_rate,
  round(avg(transit_ms) / 86400000, 4) AS transit_days_mean,
  round(quantile_cont(transit_ms, 0.95) / 86400000, 4) AS transit_days_p95,
  coalesce(sum(weight_kg), 0)::DOUBLE AS weight_kg,
  coalesce(sum(cost), 0)::DOUBLE AS cost,
  round(sum(cost)::DOUBLE / sum(weight_kg)::DOUBLE, 6) AS cost_per_kg`;

export async function totals(session: Session): Promise<Figures> {
  return session.row(figures, `SELECT ${measures} FROM shipment`);
}

/** The carriers, those with the most shipments first. */
export async function byCarrier(session: Session, limit: number): Promise<CarrierFigures[]> {
  return session.rows(
    carrierFigures,
    `SELECT carrier, ${measures} FROM shipment GROUP BY carrier ORDER BY shipments DESC, carrier LIMIT ${limit}`,
  );
}

/** The lanes, those with the most shipments first. */
export async function byLane(session: Session, limit: number): Promise<LaneFigures[]> {
  return session.rows(
    laneFigures,
    `SELECT origin, destination, ${measures} FROM shipment GROUP BY origin, destination
     ORDER BY shipments DESC, origin, destination LIMIT ${limit}`,
  );
}

/** Every week of the period, from Monday to Sunday, also those without shipments. */
export async function byWeek(session: Session, period: Period): Promise<WeekFigures[]> {
  return session.rows(
    weekFigures,
    `SELECT week::DATE::VARCHAR AS week, ${measures}
     FROM range(date_trunc('week', $from::DATE)::TIMESTAMP, $to::TIMESTAMP, INTERVAL 7 DAY) AS weeks (week)
     LEFT JOIN shipment ON date_trunc('week', shipped_at) = week
     GROUP BY week ORDER BY week`,
    { from: period.from, to: period.to },
  );
}

export interface WorstLanes {
  lanes: LaneFigures[];
  /** With fewer shipments than this, a lane is not ranked. */
  minimum: number;
}

/**
 * The ten lanes with the lowest on-time rate; of two alike the one with more late shipments comes first. Only
 * shipments whose promised day is over count, and a lane needs half as many of them as the average lane has, 20 at
 * the most: three shipments of which two are late are bad luck, not a bad lane.
 */
export async function worstLanes(session: Session): Promise<WorstLanes> {
  const { minimum } = await session.row(
    z.object({ minimum: z.number() }),
    `SELECT coalesce(least(20, ceil(avg(decided) / 2)), 1)::DOUBLE AS minimum
     FROM (SELECT count(on_time) AS decided FROM shipment GROUP BY origin, destination) WHERE decided > 0`,
  );
  const lanes = await session.rows(
    laneFigures,
    `SELECT origin, destination, ${measures} FROM shipment GROUP BY origin, destination
     HAVING count(on_time) >= ${minimum}
     ORDER BY avg(on_time::INTEGER), late DESC, origin, destination LIMIT 10`,
  );
  return { lanes, minimum };
}

export interface Rejected {
  reason: string;
  rows: number;
  examples: string[];
}

/** How many rows make no sense, by reason, with a few of each. */
export async function rejected(session: Session): Promise<Rejected[]> {
  const row = z.object({ reason: z.string(), rows: z.number(), examples: z.string() });
  const found = await session.rows(
    row,
    `SELECT reason, count(*)::DOUBLE AS rows, to_json(min(example, 3))::VARCHAR AS examples
     FROM reject GROUP BY reason ORDER BY rows DESC, reason`,
  );
  const list = z.array(z.string());
  return found.map(({ examples, ...rest }) => ({ ...rest, examples: list.parse(JSON.parse(examples)) }));
}
