import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Figures } from "../src/report/figures.ts";
import type { Report } from "../src/report/make-report.ts";
import { csvToParquet, type Line, line, report, writeCsv } from "./data.ts";

const asOf = "2026-09-20";
const day = 86_400_000;

/** Six hundred shipments from a generator of its own: two users, five carriers, twelve lanes, August to October. */
function shipments(): Line[] {
  let state = 42;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  return Array.from({ length: 600 }, (_, index) => {
    const shipped = Date.parse("2026-08-01") + next(70) * day + next(86_400) * 1000;
    const planned = 1 + next(6);
    return line({
      shipment_id: `S${index}`,
      user_id: String(7 + next(2)),
      carrier: ["Hanse", "Baltic", "Älv & Co", "D'Or", "Fjord"][next(5)] ?? "",
      origin: ["Hamburg", "Milan", "Lyon"][next(3)] ?? "",
      destination: ["Oslo", "Rome", "Porto", "Vienna"][next(4)] ?? "",
      shipped_at: time(shipped),
      promised_at: time(shipped + planned * day).slice(0, 10),
      delivered_at: next(20) === 0 ? "" : time(shipped + (0.5 + next(planned * 14) / 10) * day),
      weight_kg: String(1 + next(50_000) / 100),
      cost: String(next(90_000) / 100),
    });
  });
}

/** What the report should say of some shipments, reckoned without SQL. */
function expected(lines: readonly Line[]): Figures {
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const delivered = lines.filter((shipment) => shipment.delivered_at !== "");
  const transit = delivered
    .map((shipment) => (Date.parse(shipment.delivered_at) - Date.parse(shipment.shipped_at)) / day)
    .sort((a, b) => a - b);
  const onTime = delivered.filter(
    (shipment) => shipment.delivered_at.slice(0, 10) <= shipment.promised_at,
  ).length;
  const overdue = lines.filter(
    (shipment) => shipment.delivered_at === "" && shipment.promised_at < asOf,
  ).length;
  const late = delivered.length - onTime + overdue;
  const position = (transit.length - 1) * 0.95;
  const below = transit[Math.floor(position)] ?? 0;
  const p95 = below + ((transit[Math.ceil(position)] ?? 0) - below) * (position % 1);
  const weight = sum(lines.map((shipment) => Number(shipment.weight_kg)));
  const cost = sum(lines.map((shipment) => Number(shipment.cost)));
  return {
    shipments: lines.length,
    delivered: delivered.length,
    on_time: onTime,
    late,
    on_time_rate: rounded(onTime / (onTime + late), 6),
    transit_days_mean: rounded(sum(transit) / transit.length, 4),
    transit_days_p95: rounded(p95, 4),
    weight_kg: rounded(weight, 2),
    cost: rounded(cost, 2),
    cost_per_kg: rounded(cost / weight, 6),
  };
}

function expectFigures(made: Figures | undefined, lines: readonly Line[]): void {
  const wanted = expected(lines);
  for (const [name, value] of Object.entries(wanted)) {
    expect(made?.[name as keyof Figures], name).toBeCloseTo(
      value ?? Number.NaN,
      name.startsWith("transit") ? 1 : 3,
    );
  }
}

function groups(lines: readonly Line[], key: (shipment: Line) => string): Map<string, Line[]> {
  return Map.groupBy(lines, key);
}

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let made: Report;
const all = shipments();
const mine = all.filter((shipment) => shipment.user_id === "7" && shipment.shipped_at < "2026-10-01");
const at = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), "linecook-figures-"));
  await writeCsv(at("all.csv"), all);
  await csvToParquet(at("all.csv"), at("all.parquet"));
  made = await report(at("all.csv"), { asOf: new Date(asOf) });
});
afterAll(() => folder.remove());

describe("the figures", () => {
  it("are those of an independent reckoning", () => {
    expect(mine.length).toBeGreaterThan(200);
    expect(made.rejected.total).toBe(0);
    expectFigures(made.totals, mine);
  });

  it("are right for each carrier, the largest first", () => {
    const carriers = groups(mine, ({ carrier }) => carrier);
    expect(made.by_carrier).toHaveLength(carriers.size);
    for (const row of made.by_carrier) expectFigures(row, carriers.get(row.carrier) ?? []);
    const sizes = made.by_carrier.map((row) => row.shipments);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it("are right for each lane", () => {
    const lanes = groups(mine, ({ origin, destination }) => `${origin}>${destination}`);
    expect(made.by_lane).toHaveLength(lanes.size);
    for (const row of made.by_lane) expectFigures(row, lanes.get(`${row.origin}>${row.destination}`) ?? []);
  });

  it("are there for every week of the period, by its Monday", () => {
    const monday = (time: string) => {
      const date = new Date(`${time.slice(0, 10)}T00:00:00Z`);
      return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10);
    };
    const weeks = groups(mine, ({ shipped_at }) => monday(shipped_at));
    expect(made.by_week.map(({ week }) => week)).toEqual(
      Array.from({ length: 14 }, (_, index) =>
        new Date(Date.parse("2026-06-29") + index * 7 * day).toISOString().slice(0, 10),
      ),
    );
    for (const row of made.by_week) {
      const lines = weeks.get(row.week);
      if (lines) expectFigures(row, lines);
      else expect(row).toMatchObject({ shipments: 0, on_time_rate: null, cost: 0 });
    }
  });

  it("are the same from Parquet as from CSV", async () => {
    expect(await report(at("all.parquet"), { asOf: new Date(asOf) })).toEqual(made);
  });

  it("are those of the carriers asked for, in whatever case, and name those that have none", async () => {
    const some = await report(at("all.csv"), {
      asOf: new Date(asOf),
      carriers: ["hanse", "ÄLV & CO", "Nobody"],
    });
    expectFigures(
      some.totals,
      mine.filter(({ carrier }) => ["Hanse", "Älv & Co"].includes(carrier)),
    );
    expect(some.notes).toEqual(["No shipments of Nobody in this period."]);
  });

  it("say when there are shipments if not in this period", async () => {
    const period = { label: "2020-Q1", from: "2020-01-01", to: "2020-04-01" };
    const empty = await report(at("all.csv"), { period });
    expect(empty.totals.shipments).toBe(0);
    expect(empty.notes[0]).toMatch(
      /^No shipments in this period\. User 7 has shipments from 2026-08-0. to 2026-10-0.\.$/,
    );
  });
});

describe("the worst lanes", () => {
  const lane = (origin: string, count: number, late: number) =>
    Array.from({ length: count }, (_, index) =>
      line({
        shipment_id: `${origin}${index}`,
        origin,
        delivered_at: index < late ? "2026-07-12" : "2026-07-08",
      }),
    );
  const worst = async (lines: Line[]) => {
    await writeCsv(at("lanes.csv"), lines);
    const { worst_lanes: lanes, worst_lanes_minimum: minimum } = await report(at("lanes.csv"));
    return { lanes: lanes.map(({ origin }) => origin), minimum };
  };

  it("are those with the lowest on-time rate, of two alike the one with more late shipments", async () => {
    const lines = [...lane("A", 20, 5), ...lane("B", 20, 10), ...lane("C", 24, 12), ...lane("D", 20, 0)];
    expect(await worst(lines)).toEqual({ lanes: ["C", "B", "A", "D"], minimum: 11 });
  });

  it("are not those with too few shipments to tell", async () => {
    const lines = [...lane("busy", 100, 10), ...lane("calm", 60, 3), ...lane("bad luck", 3, 3)];
    expect(await worst(lines)).toEqual({ lanes: ["busy", "calm"], minimum: 20 });
  });

  it("are named in small data too", async () => {
    expect(await worst([...lane("A", 2, 1), ...lane("B", 1, 0)])).toEqual({ lanes: ["A", "B"], minimum: 1 });
  });

  it("are ten at the most", async () => {
    const { lanes } = await worst(
      Array.from({ length: 15 }, (_, index) => lane(`L${index}`, 4, index % 4)).flat(),
    );
    expect(lanes).toHaveLength(10);
  });
});
