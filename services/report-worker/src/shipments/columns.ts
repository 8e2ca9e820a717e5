import leven from "leven";
import { ReportError } from "../report-error.ts";

/** The columns of the shipments format, in the order of the README. */
export const columns = [
  "shipment_id",
  "user_id",
  "carrier",
  "origin",
  "destination",
  "shipped_at",
  "promised_at",
  "delivered_at",
  "weight_kg",
  "cost",
] as const;

export type Column = (typeof columns)[number];

/** The name of each column as the file writes it. `user_id` alone may be absent: the file is then everybody's. */
export type ColumnNames = Readonly<Record<Exclude<Column, "user_id">, string> & { user_id?: string }>;

/**
 * Finds the columns among those of a file, whatever their case. Throws a `ReportError` that lists what is missing,
 * the nearest name for each and what was found.
 */
export function matchColumns(file: string, found: readonly string[]): ColumnNames {
  const byName = new Map(found.map((name) => [name.trim().toLowerCase(), name]));
  const names = Object.fromEntries(columns.flatMap((column) => entry(column, byName.get(column))));
  const others = found.filter((name) => !Object.values(names).includes(name));
  const missing = columns
    .filter((column) => names[column] === undefined)
    .map((column) => ({ column, nearest: nearest(column, others) }))
    // A file without user_id belongs to everybody, but one with "userid" is a slip that must not open it to all.
    .filter(({ column, nearest }) => column !== "user_id" || nearest !== undefined);
  if (missing.length === 0) return names as ColumnNames;

  const list = missing.map(({ column, nearest }) =>
    nearest === undefined ? column : `${column} (is it "${nearest}"?)`,
  );
  throw new ReportError(
    "missing_columns",
    `${file} lacks ${list.length === 1 ? "the column" : "the columns"} ${list.join(", ")}. ` +
      `It has: ${found.slice(0, 50).join(", ") || "none"}. ` +
      "Rename the columns; the README of report-worker says what each one holds.",
  );
}

function entry(column: Column, name: string | undefined): [Column, string][] {
  return name === undefined ? [] : [[column, name]];
}

/** The name that looks most like a column's, if any does. */
function nearest(column: Column, names: readonly string[]): string | undefined {
  const wanted = bare(column);
  const [best] = names
    .map((name) => ({ name, likeness: likeness(wanted, bare(name)) }))
    .filter(({ likeness }) => likeness >= 0.65)
    .sort((a, b) => b.likeness - a.likeness);
  return best?.name;
}

function likeness(a: string, b: string): number {
  if (b.length >= 4 && (a.startsWith(b) || b.startsWith(a))) return 0.9;
  return 1 - leven(a, b) / Math.max(a.length, b.length, 1);
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
