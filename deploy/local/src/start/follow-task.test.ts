import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { newTaskId, type TaskRecord, type TaskState } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { followTask } from "./follow-task.ts";

const taskId = newTaskId("generate_report");

function eventOf(id: number, state: TaskState): string {
  const record: TaskRecord = {
    task_id: taskId,
    task: "generate_report",
    state,
    attempt: 1,
    submitted_at: "2026-11-22T09:00:00Z",
  };
  return `id: ${id}\nevent: ${state}\ndata: ${JSON.stringify(record)}\n\n`;
}

describe("following a task", () => {
  it("takes a stream up where it broke off, up to the final record", async () => {
    const asked: IncomingMessage["headers"][] = [];
    await using server = createServer((request, response) => {
      asked.push(request.headers);
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (asked.length > 1) response.end(`: again\n\n${eventOf(2, "succeeded")}`);
      else response.write(`retry: 100\n\n${eventOf(1, "running")}`, () => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const records = await Array.fromAsync(followTask(url, AbortSignal.timeout(10_000)));
    expect(records.map(({ state }) => state)).toEqual(["running", "succeeded"]);
    expect(asked.map((headers) => headers["last-event-id"])).toEqual([undefined, "1"]);
  });

  it("throws what the gateway refuses with", async () => {
    await using server = createServer((_, response) => response.writeHead(404).end("no such task"));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const following = Array.fromAsync(followTask(url, AbortSignal.timeout(10_000)));
    await expect(following).rejects.toThrow("answers 404: no such task");
  });
});
