import { basename } from "node:path";
import * as z from "zod";
import { identifier, literal, type Session } from "../duckdb.ts";
import { type Column, type ColumnNames, matchColumns } from "./columns.ts";
import { csvTable, pathLiteral, readCsvHeader, unreadable } from "./csv.ts";
import type { ShipmentsFile } from "./find-files.ts";

/** A SELECT over one file that gives typed columns, NULL where a value makes no sense, and `raw_…` as they were. */
export async function typedRows(
  session: Session,
  file: ShipmentsFile,
): Promise<{ sql: string; hasUsers: boolean }> {
  const source = file.kind === "csv" ? await openCsv(file.path) : await openParquet(session, file.path);
  const names = matchColumns(basename(file.path), [...source.types.keys()]);
  const column = (name: Exclude<Column, "user_id">) => read(names, source.types, name);
  const user = names.user_id === undefined ? undefined : read(names, source.types, "user_id");
  const shippedAt = column("shipped_at");
  const promisedAt = column("promised_at");
  const deliveredAt = column("delivered_at");
  const sql = `
    SELECT ${name(column("shipment_id"))} AS shipment_id,
      ${user ? number(user, "DOUBLE") : "0"} AS user_id,
      ${name(column("carrier"))} AS carrier,
      ${name(column("origin"))} AS origin,
      ${name(column("destination"))} AS destination,
      ${time(shippedAt)} AS shipped_at,
      ${time(promisedAt)}::DATE AS promised_on,
      ${time(deliveredAt)} AS delivered_at,
      ${number(column("weight_kg"), "DECIMAL(18, 4)")} AS weight_kg,
      ${number(column("cost"), "DECIMAL(18, 4)")} AS cost,
      ${rawColumns(names).join(", ")},
      ${literal(basename(file.path))} AS file
    FROM ${source.table}`;
  return { sql, hasUsers: user !== undefined };
}

interface Source {
  table: string;
  /** The type of each column, by its name in the file. */
  types: ReadonlyMap<string, string>;
}

interface Value {
  sql: string;
  type: string;
}

async function openCsv(path: string): Promise<Source> {
  const header = await readCsvHeader(path);
  return {
    table: csvTable(path, header),
    types: new Map(header.columns.map((column) => [column, "VARCHAR"])),
  };
}

async function openParquet(session: Session, path: string): Promise<Source> {
  const table = `read_parquet(${pathLiteral(path)})`;
  const row = z.object({ column_name: z.string(), column_type: z.string() });
  const described = await session.rows(row, `DESCRIBE FROM ${table}`).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return { table, types: new Map(described.map((column) => [column.column_name, column.column_type])) };
}

function read(names: ColumnNames, types: Source["types"], column: Column): Value {
  const found = names[column] ?? column;
  return { sql: identifier(found), type: types.get(found) ?? "VARCHAR" };
}

function rawColumns(names: ColumnNames): string[] {
  return Object.entries(names).map(([column, found]) => `${text(identifier(found))} AS raw_${column}`);
}

/** The text of any value, NULL when it is blank. */
function text(sql: string): string {
  return `nullif(trim(${sql}::VARCHAR), '')`;
}

/** A name as it is shown, cut where no name is that long. */
function name({ sql }: Value): string {
  return `left(${text(sql)}, 80)`;
}

function number({ sql, type }: Value, target: string): string {
  const isNumber = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(type);
  return `TRY_CAST(${isNumber ? sql : text(sql)} AS ${target})`;
}

function time({ sql, type }: Value): string {
  const isTime = /^(DATE|TIMESTAMP(_S|_MS|_NS)?)$/.test(type);
  // Only a cast to a time with a zone heeds the offset that a text may carry; the session's zone is UTC.
  const cast = isTime ? `TRY_CAST(${sql} AS TIMESTAMP)` : `TRY_CAST(${text(sql)} AS TIMESTAMPTZ)::TIMESTAMP`;
  return `CASE WHEN isfinite(${cast}) THEN ${cast} END`;
}
