import { setTimeout as delay } from "node:timers/promises";
import { generateReport } from "@linecook/contracts";
import type { TaskRecord, TaskResult } from "@linecook/protocol";
import { followTask } from "./follow-task.ts";

const retryMs = 200;

/** How the first report went. */
export interface FirstReport {
  taskId: string;
  /** Its result, unless it failed. */
  result?: TaskResult<typeof generateReport>;
  /** Why it has no result. */
  failure?: string;
}

/** Has a report made through the gateway, as any client would. Throws when the gateway does not take it. */
export async function makeFirstReport(
  gatewayUrl: string,
  userId: number,
  onProgress: (record: TaskRecord) => void,
  signal: AbortSignal,
): Promise<FirstReport> {
  const taskId = await submit(`${gatewayUrl}/start-report/${userId}`, signal);
  let last: TaskRecord | undefined;
  for await (const record of followTask(`${gatewayUrl}/v1/tasks/${taskId}/events`, signal)) {
    last = record;
    onProgress(record);
  }
  if (last?.state === "succeeded") return { taskId, result: generateReport.result.parse(last.result) };
  return { taskId, failure: last?.error?.message ?? `it was ${last?.state}` };
}

/** The gateway learns within moments what a worker that has just come up can run; until then it says 503. */
async function submit(url: string, signal: AbortSignal): Promise<string> {
  const late = AbortSignal.timeout(15_000);
  while (true) {
    const response = await fetch(url, { method: "POST", signal });
    if (response.status === 202) return ((await response.json()) as { task_id: string }).task_id;
    const answer = await response.text();
    if (response.status < 500 || late.aborted) {
      throw new Error(`POST ${url} answers ${response.status}: ${answer}`);
    }
    await delay(retryMs, undefined, { signal });
  }
}
