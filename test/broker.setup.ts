import { findNatsServer } from "@linecook/nats-server";

/** Finds the broker once, before test files run beside each other, and hands its path on to every one of them. */
export async function setup(): Promise<void> {
  const onStep = (line: string) => process.stdout.write(`${line}\n`);
  const { path } = await findNatsServer({ onStep });
  process.env["LINECOOK_NATS_SERVER"] = path;
}
