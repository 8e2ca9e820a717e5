import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArguments, type StartArguments, usage } from "./arguments.ts";
import { readConfig } from "./config.ts";
import { type FirstReport, makeFirstReport } from "./first-report.ts";
import { startLocalSystem } from "./local-system.ts";
import { nextSteps } from "./next-steps.ts";
import { Progress } from "./progress.ts";
import { summarize } from "./report-summary.ts";
import { type Output, Screen } from "./screen.ts";
import { StopSignals } from "./stop-signals.ts";

const defaultFolder = fileURLToPath(new URL("../../../../.linecook", import.meta.url));
const firstUser = 7;

/** The `start` command: runs the whole system until it is told to stop. Resolves with the exit code; never throws. */
export async function start(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  output: Output,
): Promise<number> {
  const screen = new Screen(output);
  using stop = new StopSignals();
  let wanted: StartArguments | undefined;
  try {
    wanted = parseArguments(args);
    if (!wanted.help) return await run(wanted, env, screen, stop);
    screen.line(usage);
    return 0;
  } catch (error) {
    // Told to stop before one report was made, `--once` has not done its work.
    if (stop.signal.aborted) return wanted?.once ? 130 : 0;
    screen.line();
    screen.line(`  ${screen.style("red", messageOf(error))}`);
    return 1;
  } finally {
    screen.status("");
    if (stop.signal.aborted) screen.line(`  ${screen.style("dim", "Stopped.")}`);
  }
}

async function run(
  wanted: StartArguments,
  env: Readonly<Record<string, string | undefined>>,
  screen: Screen,
  stop: StopSignals,
): Promise<number> {
  const config = readConfig(env);
  screen.line();
  const folder = wanted.folder ?? defaultFolder;
  await using system = await startLocalSystem({ wanted, config, env, folder, screen, stop });
  stop.signal.addEventListener("abort", () => screen.status("  stopping"));

  screen.line();
  const report = await firstReport(system.gatewayUrl, screen, stop.signal);
  screen.line();
  if (wanted.once) return report.result ? 0 : 1;

  screen.line(`  ${screen.style("bold", "Look next")}`);
  for (const [name, what] of nextSteps(system.gatewayUrl, report))
    screen.line(`  ${name.padEnd(12)}  ${what}`);
  screen.line();
  screen.line(`  ${screen.style("dim", "Ctrl-C stops everything.")}`);
  await aborted(stop.signal);
  return 0;
}

async function firstReport(gatewayUrl: string, screen: Screen, signal: AbortSignal): Promise<FirstReport> {
  screen.line(`  ${screen.style("bold", "A first report")}  POST /start-report/${firstUser}`);
  const progress = new Progress(screen);
  const report = await makeFirstReport(gatewayUrl, firstUser, (record) => progress.show(record), signal);
  if (report.result) {
    progress.done();
    screen.line();
    const heading = (text: string) => screen.style("bold", text);
    for (const line of summarize(report.result, heading)) screen.line(line && `  ${line}`);
  } else {
    screen.status("");
    screen.line(`  ${screen.style("red", "failed")}  ${report.failure}`);
  }
  return report;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll("\n", "\n  ");
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
