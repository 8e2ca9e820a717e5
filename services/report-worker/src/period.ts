import type { generateReport } from "@linecook/contracts";
import type { ParsedInput } from "@linecook/protocol";

/** Days in UTC, written as in `2026-07-01`; `to` is the first one left out. */
export interface Period {
  label: string;
  from: string;
  to: string;
}

export type AskedPeriod = ParsedInput<typeof generateReport>["period"];

/** The period that was asked for, or else the last quarter that is over. */
export function resolvePeriod(asked: AskedPeriod, now: Date): Period {
  if (asked === undefined) return quarter(quarterNumber(now) - 1);
  if (typeof asked !== "string") return { label: `${asked.from} to ${dayBefore(asked.to)}`, ...asked };
  const [year, nth] = asked.split("-Q");
  return quarter(Number(year) * 4 + Number(nth) - 1);
}

/** Quarters, counted from year 0. */
function quarterNumber(at: Date): number {
  return at.getUTCFullYear() * 4 + Math.floor(at.getUTCMonth() / 3);
}

function quarter(number: number): Period {
  const label = `${Math.floor(number / 4)}-Q${(number % 4) + 1}`;
  return { label, from: firstDay(number), to: firstDay(number + 1) };
}

function firstDay(number: number): string {
  return dayOf(new Date(Date.UTC(Math.floor(number / 4), (number % 4) * 3)));
}

function dayBefore(day: string): string {
  return dayOf(new Date(Date.parse(day) - 86_400_000));
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
