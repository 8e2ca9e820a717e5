import { createHash } from "node:crypto";
import { mkdtempDisposable, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { literal } from "../src/duckdb.ts";
import { SampleShipments } from "../src/shipments/sample.ts";
import { openDuck, reasonsOf, report } from "./data.ts";

const now = new Date("2026-11-22T08:00:00Z");
const never = new AbortController().signal;

async function make(directory: string): Promise<string> {
  await using duck = await openDuck();
  const { path } = await new SampleShipments(duck, directory).file(now, never, () => {});
  return path;
}

function cache() {
  return mkdtempDisposable(join(tmpdir(), "linecook-sample-"));
}

let shared: Awaited<ReturnType<typeof cache>>;
let path: string;
beforeAll(async () => {
  shared = await cache();
  const abandoned = join(shared.path, "shipments-v1-2026-Q2.parquet.abc.partial");
  await writeFile(abandoned, "half");
  await utimes(abandoned, 0, 0);
  // Two at once, each with a DuckDB of its own, as two processes would.
  [path] = await Promise.all([make(shared.path), make(shared.path)]);
});
afterAll(() => shared.remove());

describe("the sample", () => {
  it("is one file when two make it at once, and takes the rest of a killed one away", async () => {
    expect(await readdir(shared.path)).toEqual(["shipments-v1-2026-Q3.parquet"]);
  });

  it("is always the same: when this fails, raise the version that is in its name", async () => {
    const bytes = await readFile(path);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "c279c1c053b5d282e2102ef8481f22da6fa5a48fb6846d3b1733c5c676887a36",
    );
  });

  it("holds more than a million shipments over two years, of a thousand users and at most forty carriers", async () => {
    await using duck = await openDuck();
    await using session = await duck.session();
    const row = z.object({ rows: z.number(), users: z.number(), carriers: z.number(), quarters: z.number() });
    const found = await session.row(
      row,
      `SELECT count(*)::DOUBLE AS rows, count(DISTINCT user_id)::DOUBLE AS users,
         count(DISTINCT carrier)::DOUBLE AS carriers, count(DISTINCT date_trunc('quarter', shipped_at))::DOUBLE AS quarters
       FROM read_parquet(${literal(path)})`,
    );
    expect(found.rows).toBeGreaterThan(1_000_000);
    expect(found).toMatchObject({ users: 1_000, carriers: 15, quarters: 8 });
  });

  it("makes a report in which carriers differ and the last full quarter has rows that make no sense", async () => {
    const made = await report(path, { userId: 1 });
    expect(made.by_week.every(({ shipments }) => shipments > 100)).toBe(true);
    const rates = made.by_carrier.flatMap((row) => (row.shipments > 100 ? [row.on_time_rate ?? 0] : []));
    expect(Math.max(...rates) - Math.min(...rates)).toBeGreaterThan(0.05);
    expect(made.worst_lanes).toHaveLength(10);
    expect(Object.keys(reasonsOf(made))).toEqual(
      expect.arrayContaining(["no_shipping_date", "unknown_carrier", "bad_weight", "duplicate_shipment_id"]),
    );
  });

  it("is not made again while it is there", async () => {
    await using duck = await openDuck();
    const onMaking = vi.fn();
    await new SampleShipments(duck, shared.path).file(now, never, onMaking);
    expect(onMaking).not.toHaveBeenCalled();
  });

  it("lets go of a report that is broken off, and is finished all the same", async () => {
    await using folder = await cache();
    await using duck = await openDuck();
    const sample = new SampleShipments(duck, folder.path);
    const stop = new AbortController();
    const file = sample.file(now, stop.signal, () => stop.abort(new Error("stopped")));
    await expect(file).rejects.toThrow("stopped");
    await sample.settled();
  });

  it("says what to do when its folder cannot be written", async () => {
    const error = expect.objectContaining({
      code: "no_sample",
      message: expect.stringContaining("XDG_CACHE_HOME"),
    });
    await expect(make(join(path, "below-a-file"))).rejects.toEqual(error);
  });
});
