import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvToParquet, type Line, line, reasonsOf, report, runSql, writeCsv } from "./data.ts";

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), "linecook-rows-"));
});
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);

describe("rows that make no sense", () => {
  it.each<[string, Partial<Line>, string]>([
    ["no_user", { user_id: "seven" }, 'S2: user_id "seven"'],
    ["no_user", { user_id: "7.5" }, 'S2: user_id "7.5"'],
    ["no_shipment_id", { shipment_id: " " }, 'a row of one.csv: carrier "Hanse"'],
    ["no_shipping_date", { shipped_at: "" }, "S2: shipped_at is blank"],
    ["no_shipping_date", { shipped_at: "06/07/2026" }, 'S2: shipped_at "06/07/2026"'],
    ["no_shipping_date", { shipped_at: "infinity" }, 'S2: shipped_at "infinity"'],
    ["unknown_carrier", { carrier: "" }, "S2: carrier is blank"],
    ["unknown_carrier", { carrier: " Unknown " }, 'S2: carrier "Unknown"'],
    ["no_lane", { destination: "" }, 'S2: origin "Hamburg", destination is blank'],
    ["no_promised_date", { promised_at: "soon" }, 'S2: promised_at "soon"'],
    [
      "promised_before_shipped",
      { promised_at: "2026-07-05" },
      'S2: shipped_at "2026-07-06 09:00:00", promised_at "2026-07-05"',
    ],
    ["bad_delivery_date", { delivered_at: "2026-02-30" }, 'S2: delivered_at "2026-02-30"'],
    [
      "delivered_before_shipped",
      { delivered_at: "2026-07-06 08:59:59" },
      'S2: shipped_at "2026-07-06 09:00:00", delivered_at "2026-07-06 08:59:59"',
    ],
    [
      "transit_over_a_year",
      { delivered_at: "2027-07-08" },
      'S2: shipped_at "2026-07-06 09:00:00", delivered_at "2027-07-08"',
    ],
    ["bad_weight", { weight_kg: "-3" }, 'S2: weight_kg "-3"'],
    ["bad_weight", { weight_kg: "0" }, 'S2: weight_kg "0"'],
    ["bad_weight", { weight_kg: "nan" }, 'S2: weight_kg "nan"'],
    ["bad_weight", { weight_kg: "12 kg" }, 'S2: weight_kg "12 kg"'],
    ["bad_cost", { cost: "-0.01" }, 'S2: cost "-0.01"'],
    ["bad_cost", { cost: "inf" }, 'S2: cost "inf"'],
    ["duplicate_shipment_id", { shipment_id: "S1" }, "S1"],
  ])("are counted as %s and named: %j", async (reason, fault, example) => {
    await writeCsv(at("one.csv"), [line(), line({ shipment_id: "S2", ...fault })]);
    const made = await report(at("one.csv"));
    expect(made.totals.shipments).toBe(1);
    expect(made.rejected.total).toBe(1);
    expect(made.rejected.reasons).toEqual([
      { reason, rows: 1, examples: [example], meaning: expect.stringMatching(/\w{3}/) },
    ]);
  });

  it("are counted once when they have several faults", async () => {
    await writeCsv(at("two.csv"), [line({ shipped_at: "", carrier: "", weight_kg: "-1", cost: "" })]);
    expect(reasonsOf(await report(at("two.csv")))).toEqual({ no_shipping_date: 1 });
  });

  it("are lines that cannot be read, each with its number", async () => {
    const good = "S1,7,Hanse,Hamburg,Lyon,2026-07-06,2026-07-09,2026-07-08,10,25\n";
    const header = `${Object.keys(line()).join(",")}\n`;
    const broken = Buffer.from("S3,7,\xff\xfe,A,B,2026-07-06,2026-07-09,,1,1\nS4,7\n", "latin1");
    await writeFile(at("broken.csv"), Buffer.concat([Buffer.from(header + good), broken, Buffer.from(good)]));
    const made = await report(at("broken.csv"));
    expect(made.totals.shipments).toBe(1);
    expect(reasonsOf(made)).toEqual({ unreadable_line: 2, duplicate_shipment_id: 1 });
    expect(made.rejected.reasons[0]?.examples).toEqual(["broken.csv line 3", "broken.csv line 4"]);
  });

  it("are not those that lie in another period or belong to another user", async () => {
    const others = [
      line({ shipped_at: "2026-06-30", weight_kg: "-1" }),
      line({ user_id: "8", weight_kg: "-1" }),
    ];
    await writeCsv(at("others.csv"), [line(), ...others]);
    expect((await report(at("others.csv"))).rejected.total).toBe(0);
  });

  it("are not shipments that are still on their way", async () => {
    await writeCsv(at("open.csv"), [line({ delivered_at: "" })]);
    const made = await report(at("open.csv"), { asOf: new Date("2026-07-09T23:59:00Z") });
    expect(made.totals).toMatchObject({
      shipments: 1,
      delivered: 0,
      on_time: 0,
      late: 0,
      on_time_rate: null,
    });
    expect((await report(at("open.csv"))).totals).toMatchObject({ delivered: 0, late: 1, on_time_rate: 0 });
  });
});

describe("what files may look like", () => {
  it("may have another delimiter, quotes, a byte order mark and compression", async () => {
    const rows = [line({ carrier: 'A "B" & C; D' }), line({ shipment_id: "S2" })];
    await writeCsv(at("semicolon.csv"), rows, ";");
    const { readFile } = await import("node:fs/promises");
    const marked = Buffer.concat([Buffer.from("\uFEFF"), await readFile(at("semicolon.csv"))]);
    await writeFile(at("packed.csv.gz"), gzipSync(marked));
    const made = await report(at("packed.csv.gz"));
    expect(made.by_carrier.map(({ carrier }) => carrier)).toEqual(['A "B" & C; D', "Hanse"]);
  });

  it("may write times with an offset", async () => {
    await writeCsv(at("offset.csv"), [
      line({ shipped_at: "2026-07-01T01:00:00+02:00" }),
      line({ shipment_id: "S2", shipped_at: "2026-07-01T01:00:00Z" }),
    ]);
    expect((await report(at("offset.csv"))).totals.shipments).toBe(1);
  });

  it("may be Parquet with texts, or with types of its own", async () => {
    await writeCsv(at("types.csv"), [line(), line({ shipment_id: "S2", weight_kg: "-1" })]);
    await csvToParquet(at("types.csv"), at("text.parquet"), "CAST(COLUMNS(*) AS VARCHAR)");
    const exotic =
      "* REPLACE (user_id::TINYINT AS user_id, shipped_at::TIMESTAMPTZ AS shipped_at, " +
      "promised_at::TIMESTAMP_NS AS promised_at, cost::DECIMAL(9, 2) AS cost, weight_kg::FLOAT AS weight_kg)";
    await csvToParquet(at("types.csv"), at("exotic.parquet"), exotic);
    const [text, types] = [await report(at("text.parquet")), await report(at("exotic.parquet"))];
    expect(text.totals).toMatchObject({ shipments: 1, on_time: 1, cost: 25.5 });
    expect(types.totals).toEqual(text.totals);
    expect(reasonsOf(types)).toEqual({ bad_weight: 1 });
  });

  it("may hold types that are no dates and no numbers: every row is named, nothing crashes", async () => {
    const columns = Object.keys(line()).map((name) =>
      name === "user_id" ? "7 AS user_id" : `{'x': [1]} AS ${name}`,
    );
    await runSql(`COPY (SELECT ${columns.join(", ")}) TO '${at("nested.parquet")}' (FORMAT parquet)`);
    expect(reasonsOf(await report(at("nested.parquet")))).toEqual({ no_shipping_date: 1 });
  });

  it("may be many, of both kinds, with a quote in their name", async () => {
    await writeCsv(at("it's [1].csv"), [line()]);
    await writeCsv(at("more.csv"), [line({ shipment_id: "S2" })]);
    await csvToParquet(at("more.csv"), at("more '2'.parquet"));
    const made = await report([at("it's [1].csv"), at("more '2'.parquet")]);
    expect(made.totals.shipments).toBe(2);
  });

  it("may lack user_id: then everybody sees every shipment", async () => {
    const rows = [line(), line({ shipment_id: "S2" })].map(({ user_id: _, ...rest }) => rest);
    await writeCsv(at("everybody.csv"), rows);
    expect((await report(at("everybody.csv"), { userId: 1234 })).totals.shipments).toBe(2);
  });

  it("may hold nothing but column names", async () => {
    await writeCsv(at("header.csv"), []);
    const made = await report(at("header.csv"));
    expect(made.totals).toMatchObject({ shipments: 0, on_time_rate: null, cost_per_kg: null, cost: 0 });
    expect(made.notes).toEqual(["User 7 has no shipments in this data."]);
  });

  it.each([
    ["shipments.csv", "id,who,price\n1,2,3\n", "missing_columns"],
    ["bytes.parquet", "no parquet at all", "unreadable_file"],
    ["latin1.csv", Buffer.from("shipment_id,caf\xe9\n1,2\n", "latin1"), "unreadable_file"],
    ["gone.csv.gz", "not gzip", "unreadable_file"],
  ])("are refused with a reason when nothing can be made of them: %s", async (name, content, code) => {
    await writeFile(at(name), content);
    await expect(report(at(name))).rejects.toMatchObject({ name: "ReportError", code, retryable: false });
  });
});
