import { defineTask } from "@linecook/protocol";
import * as z from "zod";

const day = z.iso.date();
const longestPeriodDays = 1_100;

/** A number that needs at least one shipment, or one that arrived, to mean anything. */
const measured = z.number().nullable();

const figures = z.object({
  shipments: z.int(),
  /** Those that arrived, on time or not. */
  delivered: z.int(),
  /** Those that arrived by the promised day. */
  on_time: z.int(),
  /** Those that arrived after the promised day, or have not arrived though that day is over. */
  late: z.int(),
  /** `on_time` of `on_time + late`, from 0 to 1; null when there are none. */
  on_time_rate: measured,
  /** From shipping to delivery, of those that arrived. */
  transit_days_mean: measured,
  /** 95 of 100 that arrived took no longer than this. */
  transit_days_p95: measured,
  weight_kg: z.number(),
  cost: z.number(),
  cost_per_kg: measured,
});

/**
 * Makes a report of one user's shipments over a period: how many, how punctual, how fast, at what cost; by carrier,
 * by lane (origin to destination) and by week. The whole report is an artifact, an HTML page or JSON; the result is
 * a summary. A user without shipments gets an empty report. Data without the columns that it needs ends the task.
 */
export const generateReport = defineTask({
  name: "generate_report",
  description: "Report on a user's shipments: volume, punctuality, transit time and cost.",
  input: z.strictObject({
    user_id: z.int().describe("Whose shipments."),
    period: z
      .union([
        z.string().regex(/^[12]\d{3}-Q[1-4]$/, "must look like 2026-Q3"),
        z
          .strictObject({ from: day, to: day })
          .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" })
          .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= longestPeriodDays * 86_400_000, {
            path: ["to"],
            message: `must be at most ${longestPeriodDays} days after from`,
          }),
      ])
      .optional()
      .describe(
        "A quarter, or days in UTC of which `to` is the first one left out. The last full quarter if absent.",
      ),
    carriers: z
      .array(z.string().trim().min(1).max(80))
      .min(1)
      .max(40)
      .optional()
      .describe("Only shipments of these carriers; upper and lower case are alike. All carriers if absent."),
    format: z
      .enum(["html", "json"])
      .default("html")
      .describe("What the artifact is: a page to read, or all tables."),
  }),
  result: z.object({
    user_id: z.int(),
    status: z.literal("completed"),
    /** Stands on the report too, and is the same when the task had to run twice. */
    report_id: z.string(),
    period: z.object({ label: z.string(), from: day, to: day }),
    totals: figures,
    /** The carriers with the most shipments, 40 at the most. */
    by_carrier: z.array(figures.extend({ carrier: z.string() })).max(40),
    /** The lanes with the lowest on-time rate, among those with enough shipments to tell; the worst first. */
    worst_lanes: z.array(figures.extend({ origin: z.string(), destination: z.string() })).max(10),
    /** The rows that make no sense, which are in no other number; how many for which reason. */
    rejected: z.object({ total: z.int(), reasons: z.record(z.string(), z.int()) }),
    /** What the reader should know, such as when there are shipments if not in this period. */
    notes: z.array(z.string()),
    artifacts: z.array(
      z.object({
        file: z.string(),
        /** The path on the gateway. */
        url: z.string(),
        content_type: z.string(),
        size: z.int(),
      }),
    ),
  }),
  timeoutMs: 300_000,
});
