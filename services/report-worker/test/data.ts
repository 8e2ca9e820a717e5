import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Duck, literal } from "../src/duckdb.ts";
import { makeReport, type Report, type ReportRequest } from "../src/report/make-report.ts";
import type { ShipmentsFile } from "../src/shipments/find-files.ts";

/** One line of a file of shipments, as text. */
export interface Line {
  shipment_id: string;
  user_id: string;
  carrier: string;
  origin: string;
  destination: string;
  shipped_at: string;
  promised_at: string;
  delivered_at: string;
  weight_kg: string;
  cost: string;
}

/** A shipment that makes sense, with what the test is about changed. */
export function line(changes: Partial<Line> = {}): Line {
  return {
    shipment_id: "S1",
    user_id: "7",
    carrier: "Hanse",
    origin: "Hamburg",
    destination: "Lyon",
    shipped_at: "2026-07-06 09:00:00",
    promised_at: "2026-07-09",
    delivered_at: "2026-07-08 15:00:00",
    weight_kg: "10",
    cost: "25.50",
    ...changes,
  };
}

export async function writeCsv(
  path: string,
  lines: readonly Partial<Line>[],
  delimiter = ",",
): Promise<void> {
  const names = Object.keys(lines[0] ?? line());
  const quoted = (value: string | undefined) => `"${(value ?? "").replaceAll('"', '""')}"`;
  const rows = lines.map((row) => names.map((name) => quoted(row[name as keyof Line])).join(delimiter));
  await writeFile(path, `${[names.join(delimiter), ...rows].join("\n")}\n`);
}

/** Runs SQL, to make files that only DuckDB can write. */
export async function runSql(sql: string): Promise<void> {
  await using duck = await openDuck();
  await using session = await duck.session();
  await session.run(sql);
}

export async function csvToParquet(csv: string, parquet: string, select = "*"): Promise<void> {
  await runSql(
    `COPY (SELECT ${select} FROM read_csv(${literal(csv)})) TO ${literal(parquet)} (FORMAT parquet)`,
  );
}

export function openDuck(): Promise<Duck> {
  return Duck.open({ memoryMb: 256, threads: 2, tempDirectory: tmpdir() });
}

export async function report(path: string | string[], request: Partial<ReportRequest> = {}): Promise<Report> {
  const files = [path]
    .flat()
    .map((file): ShipmentsFile => ({ path: file, kind: file.endsWith(".parquet") ? "parquet" : "csv" }));
  await using duck = await openDuck();
  await using session = await duck.session();
  const whole = {
    reportId: "rep_1",
    userId: 7,
    period: { label: "2026-Q3", from: "2026-07-01", to: "2026-10-01" },
    currency: "EUR",
    asOf: new Date("2026-11-22T08:00:00Z"),
    ...request,
  };
  return await makeReport(session, files, whole, () => {});
}

/** The reasons of a report, with their counts. */
export function reasonsOf(report: Report): Record<string, number> {
  return Object.fromEntries(report.rejected.reasons.map(({ reason, rows }) => [reason, rows]));
}
