import { createHash } from "node:crypto";
import type { generateReport } from "@linecook/contracts";
import type { TaskResult } from "@linecook/protocol";
import { type Handler, PermanentError, type TaskContext } from "@linecook/tasks";
import type { Duck } from "./duckdb.ts";
import { renderPage } from "./page/page.ts";
import { resolvePeriod } from "./period.ts";
import { makeReport, type Report } from "./report/make-report.ts";
import { ReportError } from "./report-error.ts";
import type { ShipmentsSource } from "./shipments/source.ts";

type GenerateReport = typeof generateReport;

export interface GenerateReportParts {
  duck: Duck;
  source: ShipmentsSource;
  /** What the costs in the data are in. */
  currency: string;
  now: () => Date;
}

/** The handler of `generate_report`. Running it again for a task replaces the artifact and gives the same report id. */
export function createGenerateReport(parts: GenerateReportParts): Handler<GenerateReport> {
  const { duck, source, currency, now } = parts;
  return async (input, context) => {
    const asOf = now();
    const progress = (fraction: number, message: string) => context.progress({ fraction, message });
    try {
      const files = await source.files(asOf, context.signal, () => progress(0.01, "making the sample data"));
      await using session = await duck.session(context.signal);
      const request = {
        reportId: reportIdOf(context.taskId),
        userId: input.user_id,
        period: resolvePeriod(input.period, context.submittedAt),
        carriers: input.carriers,
        currency,
        asOf,
      };
      const report = await makeReport(session, files, request, progress);
      progress(0.95, "writing the report");
      return summary(report, await putReport(report, input.format, context));
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      throw new PermanentError(error.message, { code: error.code, cause: error });
    }
  };
}

type ArtifactLink = TaskResult<GenerateReport>["artifacts"][number];

async function putReport(
  report: Report,
  format: "html" | "json",
  context: TaskContext,
): Promise<ArtifactLink> {
  const [data, contentType] =
    format === "html"
      ? [renderPage(report), "text/html; charset=utf-8"]
      : [JSON.stringify(report), "application/json"];
  const { file, size } = await context.putArtifact(`report.${format}`, data, { contentType });
  return { file, size, content_type: contentType, url: `/v1/tasks/${context.taskId}/artifacts/${file}` };
}

function summary(report: Report, artifact: ArtifactLink): TaskResult<GenerateReport> {
  return {
    user_id: report.user_id,
    status: "completed",
    report_id: report.report_id,
    period: report.period,
    totals: report.totals,
    by_carrier: report.by_carrier.slice(0, 40),
    worst_lanes: report.worst_lanes,
    rejected: {
      total: report.rejected.total,
      reasons: Object.fromEntries(report.rejected.reasons.map(({ reason, rows }) => [reason, rows])),
    },
    notes: report.notes,
    artifacts: [artifact],
  };
}

/** Follows from the task, but does not tell its id: that opens the task to whoever reads the report. */
function reportIdOf(taskId: string): string {
  return `rep_${createHash("sha256").update(taskId).digest("hex").slice(0, 20)}`;
}
