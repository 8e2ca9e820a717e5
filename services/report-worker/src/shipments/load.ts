import { listValue } from "@duckdb/node-api";
import { literal, type Session } from "../duckdb.ts";
import type { Period } from "../period.ts";
import { columns } from "./columns.ts";
import { unreadable } from "./csv.ts";
import type { ShipmentsFile } from "./find-files.ts";
import { duplicate, reasons, unreadableLine } from "./reasons.ts";
import { typedRows } from "./table.ts";

/** Which shipments a report is about. */
export interface Selection {
  userId: number;
  period: Period;
  /** All carriers if absent. */
  carriers?: readonly string[] | undefined;
}

/**
 * Reads the selected rows of all files into two temporary tables: `shipment`, what all numbers are made from, and
 * `reject (reason, example)`, one row for each that makes no sense. Each file is read once.
 */
export async function loadShipments(
  session: Session,
  files: readonly ShipmentsFile[],
  selection: Selection,
  asOf: Date,
  progress: (fraction: number) => void,
): Promise<void> {
  await session.run(createLoaded);
  for (const [index, file] of files.entries()) {
    const done = (part: number) => progress((index + part) / files.length);
    const poll = setInterval(() => done(session.progress ?? 0), 200);
    try {
      await loadFile(session, file, selection);
    } finally {
      clearInterval(poll);
    }
    done(1);
  }
  await session.run(judge, { today: asOf.toISOString().slice(0, 10) });
  await session.run(sortOut);
  if (files.some((file) => file.kind === "csv")) await session.run(unreadableLines);
}

async function loadFile(session: Session, file: ShipmentsFile, selection: Selection): Promise<void> {
  const { sql, hasUsers } = await typedRows(session, file);
  const where = [
    "(shipped_at IS NULL OR shipped_at >= $from::TIMESTAMP AND shipped_at < $to::TIMESTAMP)",
    ...(hasUsers ? [`(user_id = $user_id::DOUBLE OR ${reason("no_user")})`] : []),
    // A row of an unknown carrier may be anyone's.
    ...(selection.carriers
      ? [`(list_contains($carriers, lower(carrier)) OR ${reason("unknown_carrier")})`]
      : []),
  ];
  const parameters = {
    from: selection.period.from,
    to: selection.period.to,
    ...(hasUsers ? { user_id: selection.userId } : {}),
    ...(selection.carriers
      ? { carriers: listValue(selection.carriers.map((name) => name.toLowerCase())) }
      : {}),
  };
  const raw = hasUsers ? "*" : "*, NULL AS raw_user_id";
  const insert = `
    INSERT INTO loaded
    SELECT * EXCLUDE (${columns.map((column) => `raw_${column}`).join(", ")}, file, user_id),
      CASE ${reasons.map(({ name, when }) => `WHEN ${when} THEN ${literal(name)}`).join("\n")} END AS reason,
      CASE ${reasons.map(({ name, shows }) => `WHEN reason = ${literal(name)} THEN ${example(shows)}`).join("\n")}
      END AS example
    FROM (SELECT ${raw} FROM (${sql}))
    WHERE ${where.join(" AND ")}`;
  await session.run(insert, parameters).catch((cause: unknown) => {
    throw unreadable(file.path, cause);
  });
}

/** The condition of a reason, for the rows that a selection must not lose. */
function reason(name: string): string {
  return `(${reasons.find((known) => known.name === name)?.when ?? "false"})`;
}

/** What names a row in the report: its shipment_id and the values that are wrong. */
function example(shows: readonly string[]): string {
  const values = shows.map(
    (column) => `'${column} ' || coalesce('"' || left(raw_${column}, 60) || '"', 'is blank')`,
  );
  return `coalesce(shipment_id, 'a row of ' || file) || ': ' || ${values.join(" || ', ' || ")}`;
}

const createLoaded = `
  CREATE TEMP TABLE loaded (
    shipment_id VARCHAR, carrier VARCHAR, origin VARCHAR, destination VARCHAR,
    shipped_at TIMESTAMP, promised_on DATE, delivered_at TIMESTAMP, weight_kg DECIMAL(18, 4), cost DECIMAL(18, 4),
    reason VARCHAR, example VARCHAR
  )`;

// On time is a matter of days: promises are made by the day. What is still on its way and not yet due is neither.
const judge = `
  CREATE TEMP TABLE shipment AS
  SELECT * EXCLUDE (reason, example),
    CASE WHEN delivered_at IS NOT NULL THEN delivered_at::DATE <= promised_on
      WHEN promised_on < $today::DATE THEN false END AS on_time,
    CASE WHEN delivered_at IS NOT NULL
      THEN greatest(0, epoch_ms(delivered_at) - epoch_ms(shipped_at)) END AS transit_ms,
    row_number() OVER (PARTITION BY shipment_id
      ORDER BY delivered_at DESC NULLS LAST, shipped_at, promised_on, carrier, origin, destination, cost, weight_kg
    ) AS copy
  FROM loaded WHERE reason IS NULL`;

const sortOut = `
  CREATE TEMP TABLE reject AS
  SELECT reason, example FROM loaded WHERE reason IS NOT NULL
  UNION ALL
  SELECT ${literal(duplicate.name)}, shipment_id FROM shipment WHERE copy > 1;
  DELETE FROM shipment WHERE copy > 1;
  DROP TABLE loaded`;

const unreadableLines = `
  INSERT INTO reject
  SELECT ${literal(unreadableLine.name)}, parse_filename(file_path) || ' line ' || line
  FROM (SELECT DISTINCT scan_id, file_id, line FROM reject_errors)
  JOIN reject_scans USING (scan_id, file_id)`;
