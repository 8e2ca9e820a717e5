import { open } from "node:fs/promises";
import { basename } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { literal } from "../duckdb.ts";
import { ReportError } from "../report-error.ts";

/** A CSV file's dialect and columns, read off its first line. */
export interface CsvHeader {
  delimiter: string;
  columns: string[];
}

const mostHeaderBytes = 65_536;
/** Throws for bytes that are no UTF-8, and takes a byte order mark off. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the header itself: DuckDB guesses a dialect from the rows, so one broken row can turn ten columns into one.
 * Throws a `ReportError` when the file cannot be read, or its first line is no text.
 */
export async function readCsvHeader(path: string): Promise<CsvHeader> {
  try {
    const head = await readHead(path);
    const end = head.indexOf("\n");
    if (end < 0 && head.length >= mostHeaderBytes) throw new TypeError("the first line has no end");
    return parseHeader(utf8.decode(end < 0 ? head : head.subarray(0, end)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ReportError("unreadable_file", `${basename(path)} cannot be read: ${reason}`, { cause });
  }
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(mostHeaderBytes), 0, mostHeaderBytes, 0);
  const head = buffer.subarray(0, bytesRead);
  // The end of what is packed is missing, which a sync flush does not mind.
  return /\.gz$/i.test(path) ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head;
}

export function parseHeader(line: string): CsvHeader {
  const unquoted = line.replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => unquoted.split(delimiter).length;
  const delimiter = [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
  const seen = new Map<string, number>();
  const columns = splitQuoted(line.replace(/\r$/, ""), delimiter).map((name, index) => {
    const column = name || `column ${index + 1}`;
    const times = (seen.get(column.toLowerCase()) ?? 0) + 1;
    seen.set(column.toLowerCase(), times);
    return times === 1 ? column : `${column} (${times})`;
  });
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

/** What DuckDB says of a file that is not what its name promises, as opposed to a full disk or memory. */
const badFile =
  /^(Binder|Conversion|Invalid|Invalid Input|Parameter Not Allowed) Error|^IO Error: .*(open|read)/;

/** The `ReportError` for what DuckDB said of a file; any other error as it is. */
export function unreadable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !badFile.test(cause.message)) return cause;
  const [reason] = cause.message.split("\n");
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
