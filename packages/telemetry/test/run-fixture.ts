import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Runs a fixture to its end, without any OTEL_ variable but the given ones, and gives what it printed. */
export async function runFixture(name: string, args: string[], env: Record<string, string>) {
  const path = fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("OTEL_"));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const stdout = await text(child.stdout);
  const [exitCode] = await closed;
  return { exitCode: exitCode as number | null, stdout };
}
