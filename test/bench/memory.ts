import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { startService } from "@linecook/local";
import { TaskClient } from "@linecook/tasks";
import { connect } from "nats";
import { noop, noopInput } from "./noop.ts";
import { spread } from "./spread.ts";
import { startProgram } from "./start-program.ts";

/** How much memory (RSS) grew, in MB. */
export interface Growth {
  gateway: number;
  worker: number;
}

const settleMs = 3_000;

/** How much a gateway and a busy worker grow while so many tasks wait. */
export async function growthWhileQueued(natsUrl: string, count: number): Promise<Growth> {
  // A task takes a while, so that the queue stays long.
  await using worker = await startProgram("tasks-worker", { NATS_URL: natsUrl, TASK_MS: "500", SLOTS: "10" });
  await using gateway = startService("gateway", { NATS_URL: natsUrl });
  const url = await gateway.ready;
  const connection = await connect({ servers: natsUrl });
  const client = await TaskClient.create(connection, { submitTimeoutMs: 60_000 });
  await spread(500, (number) => client.submit(noop, noopInput(number)));
  await lookAround(url);
  await delay(settleMs);
  const before = { gateway: rssMb(gateway.pid), worker: rssMb(worker.pid) };
  await spread(count, (number) => client.submit(noop, noopInput(number)));
  await lookAround(url);
  await delay(settleMs);
  const after = { gateway: rssMb(gateway.pid), worker: rssMb(worker.pid) };
  await client[Symbol.asyncDispose]();
  await connection.close();
  return { gateway: round(after.gateway - before.gateway), worker: round(after.worker - before.worker) };
}

/** What people ask a gateway while much waits. */
async function lookAround(url: string): Promise<void> {
  for (const path of ["/v1/queues", "/v1/workers", "/openapi.json"]) {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await response.arrayBuffer();
  }
}

function rssMb(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1_024;
}

const round = (value: number) => Number(value.toFixed(1));
