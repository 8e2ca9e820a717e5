import type { Comparison } from "./alternate.ts";
import type { Latency } from "./latency.ts";
import type { Growth } from "./memory.ts";

/** Everything that the benchmarks measured. */
export interface Report {
  end_to_end_per_s: Comparison;
  http_accepted_per_s: Comparison;
  latency_ms: { linecook: Latency; linecook_traced: Latency };
  memory_growth_mb: Growth;
  setting: Record<string, string | number | undefined>;
}

/** Prints a report for people. */
export function printReport(report: Report): void {
  const { end_to_end_per_s, http_accepted_per_s, latency_ms, memory_growth_mb, setting } = report;
  console.log("");
  console.log("                            bare   linecook   ratio   every trace sampled   ratio");
  console.log(comparison("no-op tasks/s, end to end", end_to_end_per_s));
  console.log(comparison("accepted over HTTP/s", http_accepted_per_s));
  console.log("");
  console.log(`accepted to final at 100/s   ${latency(latency_ms.linecook)}`);
  console.log(`  every trace sampled        ${latency(latency_ms.linecook_traced)}`);
  console.log("");
  const { gateway, worker } = memory_growth_mb;
  console.log(`growth while ${setting["queued"]} tasks wait   gateway ${gateway} MB, worker ${worker} MB`);
  console.log("");
  for (const [name, value] of Object.entries(setting)) console.log(`${name.padEnd(12)} ${value}`);
}

function comparison(what: string, figures: Comparison): string {
  const { bare, linecook, ratio, linecook_traced, ratio_traced } = figures;
  const cell = (value: number, width: number) => String(value).padStart(width);
  return `${what.padEnd(26)}${cell(bare, 6)}${cell(linecook, 11)}${cell(ratio, 8)}${cell(linecook_traced, 22)}${cell(ratio_traced, 8)}`;
}

function latency({ p50, p99 }: Latency): string {
  return `p50 ${p50} ms, p99 ${p99} ms`;
}
