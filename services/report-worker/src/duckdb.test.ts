import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Duck, identifier, literal } from "./duckdb.ts";

const endless = "SELECT count(*)::DOUBLE AS n FROM range(1000000000000) AS t (i) WHERE hash(i) % 7 = 3";
const one = z.object({ n: z.number() });

function open() {
  return Duck.open({ memoryMb: 128, threads: 1, tempDirectory: tmpdir() });
}

describe("a DuckDB session", () => {
  it("breaks its query off when the signal aborts, with the signal's reason", async () => {
    await using duck = await open();
    const stop = new AbortController();
    await using session = await duck.session(stop.signal);
    const rows = session.rows(one, endless);
    stop.abort(new Error("the worker stops"));
    await expect(rows).rejects.toThrow("the worker stops");
    await expect(session.rows(one, "SELECT 1.0 AS n")).rejects.toThrow("the worker stops");
  });

  it("can be closed under a running query", async () => {
    await using duck = await open();
    const session = await duck.session();
    const ended = expect(session.rows(one, endless)).rejects.toThrow("the DuckDB session is closed");
    await session[Symbol.asyncDispose]();
    await ended;
  });

  it("has temporary tables of its own", async () => {
    await using duck = await open();
    await using first = await duck.session();
    await using second = await duck.session();
    await first.run("CREATE TEMP TABLE mine AS SELECT 1::DOUBLE AS n");
    expect(await first.row(one, "FROM mine")).toEqual({ n: 1 });
    await expect(second.row(one, "FROM mine")).rejects.toThrow("mine does not exist");
  });

  it("loads nothing from the network", async () => {
    await using duck = await open();
    await using session = await duck.session();
    const remote = session.run("SELECT * FROM read_parquet('https://127.0.0.1:1/a.parquet')");
    await expect(remote).rejects.toThrow(/httpfs/);
  });
});

describe("literal and identifier", () => {
  it("keep what they quote in one piece", async () => {
    await using duck = await open();
    await using session = await duck.session();
    const odd = `a'b"c; DROP TABLE x --`;
    const row = await session.row(
      z.record(z.string(), z.string()),
      `SELECT ${literal(odd)} AS ${identifier(odd)}`,
    );
    expect(row).toEqual({ [odd]: odd });
  });
});
