import { glob, stat } from "node:fs/promises";
import { ReportError } from "../report-error.ts";

export interface ShipmentsFile {
  path: string;
  kind: "csv" | "parquet";
}

/**
 * The files behind a path or a glob, sorted. Throws a `ReportError` when there are none, when one is empty or when
 * one is neither Parquet nor CSV.
 */
export async function findFiles(shipments: string): Promise<ShipmentsFile[]> {
  if (/^[a-z][a-z0-9+]+:\/\//i.test(shipments)) {
    throw new ReportError(
      "no_shipments_file",
      `SHIPMENTS is "${shipments}": name a file or a glob on this machine`,
    );
  }
  const exact = await stat(shipments).catch(() => undefined);
  if (exact?.isDirectory()) {
    const example = `${shipments.replace(/\/$/, "")}/*.parquet`;
    throw new ReportError(
      "no_shipments_file",
      `SHIPMENTS is the folder "${shipments}": name files, as in "${example}"`,
    );
  }
  const paths = exact ? [shipments] : (await Array.fromAsync(glob(shipments))).sort();
  const files: ShipmentsFile[] = [];
  for (const path of paths) {
    const { size, isFolder } = await stat(path).then((s) => ({ size: s.size, isFolder: s.isDirectory() }));
    if (isFolder) continue;
    if (size === 0) throw new ReportError("empty_file", `${path} is empty: not even column names are in it`);
    files.push({ path, kind: kindOf(path) });
  }
  if (files.length === 0) {
    throw new ReportError("no_shipments_file", `no file is there at SHIPMENTS="${shipments}"`);
  }
  return files;
}

function kindOf(path: string): ShipmentsFile["kind"] {
  if (/\.(parquet|pq)$/i.test(path)) return "parquet";
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) return "csv";
  throw new ReportError(
    "unreadable_file",
    `${path} is neither .parquet nor .csv (.tsv, .txt, each also as .gz)`,
  );
}
