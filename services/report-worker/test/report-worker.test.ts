import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateReport } from "@linecook/contracts";
import { NatsServer } from "@linecook/nats-server";
import { connectNats } from "@linecook/service";
import { Artifacts, provision, TaskClient } from "@linecook/tasks";
import { silentLogger } from "@linecook/telemetry";
import { describe, expect, it } from "vitest";
import { createReportWorker, readConfig } from "../src/app.ts";
import { line, writeCsv } from "./data.ts";

const runtime = { logger: silentLogger(), signal: new AbortController().signal };
const now = () => new Date("2026-11-22T08:00:00Z");

/** A broker, a client and a folder for files, which SHIPMENTS points at. */
async function setUp() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await mkdtempDisposable(join(tmpdir(), "linecook-report-worker-")));
  const server = stack.use(await NatsServer.start());
  const { connection } = stack.use(
    await connectNats({ servers: [server.url] }, { name: "test", logger: runtime.logger }),
  );
  await provision(connection, { tasks: [generateReport] });
  const client = stack.use(await TaskClient.create(connection));
  const worker = (shipments: string) =>
    createReportWorker(
      readConfig({
        NATS_URL: server.url,
        HTTP_PORT: "0",
        SHIPMENTS: join(folder.path, shipments),
        XDG_CACHE_HOME: folder.path,
      }),
      runtime,
      { now },
    );
  const owned = stack.move();
  return {
    at: (name: string) => join(folder.path, name),
    client,
    artifacts: new Artifacts(connection),
    worker,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe("the report worker", () => {
  it("makes a report of the quarter asked for, and keeps the page as an artifact", async () => {
    await using system = await setUp();
    await writeCsv(system.at("a.csv"), [line(), line({ shipment_id: "S2", weight_kg: "-1" })]);
    await using _ = await system.worker("*.csv");
    const task = await system.client.submit(generateReport, { user_id: 7, period: "2026-Q3" });
    const result = await task.result({ timeoutMs: 10_000 });
    expect(result).toMatchObject({
      user_id: 7,
      status: "completed",
      report_id: expect.stringMatching(/^rep_[0-9a-f]{20}$/),
      period: { label: "2026-Q3", from: "2026-07-01", to: "2026-10-01" },
      totals: { shipments: 1, on_time_rate: 1, cost_per_kg: 2.55 },
      by_carrier: [{ carrier: "Hanse", shipments: 1 }],
      worst_lanes: [{ origin: "Hamburg", destination: "Lyon" }],
      rejected: { total: 1, reasons: { bad_weight: 1 } },
      artifacts: [{ file: "report.html", url: `/v1/tasks/${task.id}/artifacts/report.html` }],
    });
    const artifact = await system.artifacts.get(task.id, "report.html");
    expect(artifact.contentType).toBe("text/html; charset=utf-8");
    const page = await new Response(artifact.data).text();
    expect(page).toContain(result.report_id);
    expect(Buffer.byteLength(page)).toBe(result.artifacts[0]?.size);
  });

  it("keeps all tables as JSON when that is asked for", async () => {
    await using system = await setUp();
    await writeCsv(system.at("a.csv"), [line({ shipped_at: "2026-04-02", promised_at: "2026-04-03" })]);
    await using _ = await system.worker("a.csv");
    const task = await system.client.submit(generateReport, {
      user_id: 7,
      period: "2026-Q2",
      carriers: ["HANSE"],
      format: "json",
    });
    await task.result({ timeoutMs: 10_000 });
    const { data } = await system.artifacts.get(task.id, "report.json");
    expect(await new Response(data).json()).toMatchObject({
      period: { label: "2026-Q2" },
      carriers: ["HANSE"],
      by_lane: [{ origin: "Hamburg" }],
      by_week: expect.arrayContaining([expect.objectContaining({ week: "2026-03-30", shipments: 1 })]),
    });
  });

  it("ends the task at once when the data lacks columns, and says which", async () => {
    await using system = await setUp();
    await writeFile(system.at("theirs.csv"), "shipment_id,user_id,carrier,weight\n1,7,Hanse,3\n");
    await using _ = await system.worker("theirs.csv");
    const { id } = await system.client.submit(generateReport, { user_id: 7, period: "2026-Q3" });
    const record = await system.client.wait(id, { timeoutMs: 10_000 });
    expect(record).toMatchObject({ state: "failed", attempt: 1, error: { code: "missing_columns" } });
    expect(record.error?.message).toContain('weight_kg (is it "weight"?)');
  });

  it("says what is wrong with its configuration, all at once", () => {
    const environment = { DUCKDB_MEMORY_MB: "lots", DUCKDB_THREADS: "0", REPORT_CURRENCY: "euros" };
    for (const name of Object.keys(environment)) {
      expect(() => readConfig(environment)).toThrow(name);
    }
  });
});
