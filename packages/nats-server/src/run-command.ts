import { execFile } from "node:child_process";

/** Runs a program to its end and returns what it wrote to stdout; throws with the line of stderr that says why. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; timeoutMs?: number } = {},
): Promise<string> {
  const { cwd, timeoutMs = 10_000 } = options;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, stdout: string, stderr: string) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${command}: ${whyItFailed(error, stderr, timeoutMs)}`, { cause: error }));
    };
    execFile(command, args, { timeout: timeoutMs, maxBuffer: 16 << 20, ...(cwd && { cwd }) }, done);
  });
}

function whyItFailed(
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
  timeoutMs: number,
): string {
  if (error.code === "ENOENT") return "not installed";
  if (error.killed) return `not done after ${timeoutMs / 1000} s`;
  const lines = stderr.trim().split("\n");
  return lines.find((line) => line.startsWith("E:")) ?? (lines.at(-1) || error.message);
}
