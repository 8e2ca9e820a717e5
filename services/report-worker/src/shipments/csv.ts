import { basename } from "node:path";
import * as z from "zod";
import { literal, type Session } from "../duckdb.ts";
import { ReportError } from "../report-error.ts";

/** A CSV file's dialect and columns, read off its first line. */
export interface CsvHeader {
  delimiter: string;
  columns: string[];
}

// DuckDB guesses a dialect from the rows, so one broken row can turn ten columns into one. The header cannot.
const lines =
  "auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', strict_mode = false, " +
  "columns = {'line': 'VARCHAR'}";

export async function readCsvHeader(session: Session, path: string): Promise<CsvHeader> {
  const row = z.object({ line: z.string().nullable() });
  const sql = `SELECT line FROM read_csv(${pathLiteral(path)}, ${lines}) LIMIT 1`;
  const [first] = await session.rows(row, sql).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return parseHeader(first?.line ?? "");
}

export function parseHeader(line: string): CsvHeader {
  const unquoted = line.replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => unquoted.split(delimiter).length;
  const delimiter = [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
  const seen = new Map<string, number>();
  const columns = splitQuoted(line.replace(/^\uFEFF/, "").replace(/\r$/, ""), delimiter).map(
    (name, index) => {
      const column = name || `column ${index + 1}`;
      const times = (seen.get(column.toLowerCase()) ?? 0) + 1;
      seen.set(column.toLowerCase(), times);
      return times === 1 ? column : `${column} (${times})`;
    },
  );
  return { delimiter, columns };
}

/** The table function that reads a CSV file as text. Rows that are no rows go to the table `reject_errors`. */
export function csvTable(path: string, { delimiter, columns }: CsvHeader): string {
  const types = columns.map((column) => `${literal(column)}: 'VARCHAR'`).join(", ");
  return (
    `read_csv(${pathLiteral(path)}, auto_detect = false, header = true, columns = {${types}}, ` +
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', strict_mode = false, store_rejects = true)`
  );
}

/** A path as DuckDB takes it: a literal in which nothing is a wildcard. */
export function pathLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, "[$&]"));
}

export function unreadable(path: string, cause: unknown): ReportError {
  const [reason] = String(cause instanceof Error ? cause.message : cause).split("\n");
  return new ReportError("unreadable_file", `${basename(path)} cannot be read: ${reason}`, { cause });
}

function splitQuoted(line: string, delimiter: string): string[] {
  const fields: string[] = [""];
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) fields.push("");
    else fields.push(`${fields.pop()}${character}`);
  }
  return fields.map((field) => field.trim());
}
