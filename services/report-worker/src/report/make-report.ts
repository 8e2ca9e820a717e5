import type { Session } from "../duckdb.ts";
import type { Period } from "../period.ts";
import { coverage } from "../shipments/coverage.ts";
import type { ShipmentsFile } from "../shipments/find-files.ts";
import { loadShipments, type Selection } from "../shipments/load.ts";
import { duplicate, reasons, unreadableLine } from "../shipments/reasons.ts";
import {
  byCarrier,
  byLane,
  byWeek,
  type CarrierFigures,
  type Figures,
  type LaneFigures,
  type Rejected,
  rejected,
  totals,
  type WeekFigures,
  worstLanes,
} from "./figures.ts";

/** The whole report, as the JSON artifact holds it. */
export interface Report {
  report_id: string;
  user_id: number;
  period: Period;
  /** The carriers asked for; null for all. */
  carriers: readonly string[] | null;
  generated_at: string;
  currency: string;
  totals: Figures;
  by_carrier: CarrierFigures[];
  by_lane: LaneFigures[];
  by_week: WeekFigures[];
  worst_lanes: LaneFigures[];
  /** A lane with fewer shipments is not among the worst. */
  worst_lanes_minimum: number;
  rejected: { total: number; reasons: (Rejected & { meaning: string })[] };
  notes: string[];
}

export interface ReportRequest extends Selection {
  reportId: string;
  currency: string;
  /** What is not delivered by now and was promised for an earlier day is late. */
  asOf: Date;
}

/** Told between the stages, and while the shipments are read: how far it is, from 0 to 1, and what comes now. */
export type ReportProgress = (fraction: number, message: string) => void;

// More carriers or lanes than anyone reads come from data that holds something else in these columns.
const mostCarriers = 1_000;
const mostLanes = 5_000;

export async function makeReport(
  session: Session,
  files: readonly ShipmentsFile[],
  request: ReportRequest,
  progress: ReportProgress,
): Promise<Report> {
  const { period } = request;
  progress(0.05, "reading shipments");
  await loadShipments(session, files, request, request.asOf, (part) =>
    progress(0.05 + 0.65 * part, "reading shipments"),
  );
  progress(0.7, "adding up");
  const sum = await totals(session);
  progress(0.75, "comparing carriers");
  const carriers = await byCarrier(session, mostCarriers);
  progress(0.8, "comparing lanes");
  const lanes = await byLane(session, mostLanes);
  const worst = await worstLanes(session);
  progress(0.85, "following the weeks");
  const weeks = await byWeek(session, period);
  progress(0.9, "naming rows that make no sense");
  const faults = await rejected(session);
  return {
    report_id: request.reportId,
    user_id: request.userId,
    period,
    carriers: request.carriers ?? null,
    generated_at: request.asOf.toISOString(),
    currency: request.currency,
    totals: sum,
    by_carrier: carriers,
    by_lane: lanes,
    by_week: weeks,
    worst_lanes: worst.lanes,
    worst_lanes_minimum: worst.minimum,
    rejected: {
      total: faults.reduce((rows, fault) => rows + fault.rows, 0),
      reasons: faults.map((fault) => ({ ...fault, meaning: meaningOf(fault.reason) })),
    },
    notes: [
      ...(sum.shipments === 0
        ? [await whyEmpty(session, files, request)]
        : absentCarriers(request, carriers)),
      ...(carriers.length === mostCarriers ? [`Only the ${mostCarriers} largest carriers are listed.`] : []),
      ...(lanes.length === mostLanes ? [`Only the ${mostLanes} largest lanes are listed.`] : []),
    ],
  };
}

async function whyEmpty(
  session: Session,
  files: readonly ShipmentsFile[],
  { userId, carriers }: ReportRequest,
): Promise<string> {
  const days = await coverage(session, files, userId);
  if (days === undefined) return `User ${userId} has no shipments in this data.`;
  return (
    `No shipments ${carriers ? `of ${carriers.join(", ")} ` : ""}in this period. ` +
    `User ${userId} has shipments from ${days.first} to ${days.last}.`
  );
}

function absentCarriers(request: ReportRequest, found: readonly CarrierFigures[]): string[] {
  const present = new Set(found.map(({ carrier }) => carrier.toLowerCase()));
  const absent = (request.carriers ?? []).filter((carrier) => !present.has(carrier.toLowerCase()));
  return absent.length === 0 ? [] : [`No shipments of ${absent.join(", ")} in this period.`];
}

function meaningOf(reason: string): string {
  return [...reasons, duplicate, unreadableLine].find(({ name }) => name === reason)?.meaning ?? reason;
}
