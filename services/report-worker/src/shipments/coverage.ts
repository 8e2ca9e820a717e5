import * as z from "zod";
import type { Session } from "../duckdb.ts";
import type { ShipmentsFile } from "./find-files.ts";
import { typedRows } from "./table.ts";

/** The first and the last day of a user's shipments, whatever the period; undefined when there are none. */
export async function coverage(
  session: Session,
  files: readonly ShipmentsFile[],
  userId: number,
): Promise<{ first: string; last: string } | undefined> {
  const row = z.object({ first: z.string().nullable(), last: z.string().nullable() });
  const days: string[] = [];
  for (const file of files) {
    const { sql, hasUsers } = await typedRows(session, file);
    const { first, last } = await session.row(
      row,
      `SELECT min(shipped_at)::DATE::VARCHAR AS first, max(shipped_at)::DATE::VARCHAR AS last FROM (${sql})
       ${hasUsers ? "WHERE user_id = $user_id::DOUBLE" : ""}`,
      hasUsers ? { user_id: userId } : undefined,
    );
    if (first !== null && last !== null) days.push(first, last);
  }
  days.sort();
  const [first, last] = [days.at(0), days.at(-1)];
  return first !== undefined && last !== undefined ? { first, last } : undefined;
}
