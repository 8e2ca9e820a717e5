import { generateReport } from "@linecook/contracts";
import { connectNats, type Runtime, type Service, startHealthServer } from "@linecook/service";
import { handle, Worker } from "@linecook/tasks";
import { type ReportWorkerConfig, readConfig } from "./config.ts";
import { Duck } from "./duckdb.ts";
import { createGenerateReport } from "./generate-report.ts";
import { ShipmentsSource } from "./shipments/source.ts";

export type { ReportWorkerConfig };
export { readConfig };

const service = "report-worker";

export interface ReportWorker extends Service {
  /** Where `/healthz` and `/readyz` answer. */
  readonly url: string;
}

/** Runs `generate_report` until it is disposed. */
export async function createReportWorker(
  config: ReportWorkerConfig,
  { logger, signal }: Pick<Runtime, "logger" | "signal">,
  overrides: { now?: () => Date } = {},
): Promise<ReportWorker> {
  await using stack = new AsyncDisposableStack();
  let ready = (): void => {
    throw new Error("starting");
  };
  const health = stack.use(await startHealthServer({ ...config.http, ready: () => ready(), logger }));
  const link = stack.use(await connectNats(config.nats, { name: service, logger, signal }));
  const worker = { slots: 2, ...config.worker };
  const duck = stack.use(await Duck.open(config.duck));
  const source = stack.use(new ShipmentsSource(config.source, duck));
  const handler = createGenerateReport({
    duck,
    source,
    currency: config.report.currency,
    now: overrides.now ?? (() => new Date()),
  });
  stack.use(
    await Worker.start(link.connection, {
      ...worker,
      service,
      handlers: [handle(generateReport, handler)],
      logger,
    }),
  );
  ready = () => {
    if (signal.aborted) throw new Error("stopping");
    if (!link.connected) throw new Error("no connection to NATS");
  };
  const owned = stack.move();
  return { url: health.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
