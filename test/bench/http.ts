import autocannon from "autocannon";
import { noop, noopInput } from "./noop.ts";

const connections = 64;

/** Accepted submissions a second over HTTP, from 64 connections. Throws when any was not accepted. */
export async function acceptedPerSecond(url: string, seconds: number): Promise<number> {
  const request = {
    url: `${url}/v1/tasks/${noop.name}`,
    method: "POST" as const,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: noopInput(1) }),
    connections,
  };
  await autocannon({ ...request, duration: 1 });
  const result = await autocannon({ ...request, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return result["2xx"] / result.duration;
}
