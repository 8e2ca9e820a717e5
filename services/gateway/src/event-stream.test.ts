import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { newTaskId } from "@linecook/protocol";
import type { TaskEvent } from "@linecook/tasks";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { EventStream } from "./event-stream.ts";

/** A client that reads only when told to. */
class SlowResponse extends EventEmitter {
  written = "";
  writableNeedDrain = false;
  destroyed = false;
  ended = false;

  write(text: string): boolean {
    this.written += text;
    return !this.writableNeedDrain;
  }

  drain(): void {
    this.writableNeedDrain = false;
    this.emit("drain");
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }

  end(): void {
    this.ended = true;
  }
}

function open({
  heartbeatMs = 60_000,
  stallMs = 60_000,
  after,
}: {
  heartbeatMs?: number;
  stallMs?: number;
  after?: number;
} = {}) {
  const response = new SlowResponse();
  const stream = new EventStream(response as unknown as ServerResponse, after, { heartbeatMs, stallMs });
  return { response, stream };
}

function event(sequence: number): TaskEvent {
  const task_id = newTaskId("make_tea");
  const record = { task_id, task: "make_tea", state: "running", attempt: 1, submitted_at: "now" } as const;
  return { sequence, record, headers: undefined };
}

describe("EventStream", () => {
  it("begins with how soon to come back, and where to go on", () => {
    const { response, stream } = open({ after: 41 });
    stream[Symbol.dispose]();
    expect(response.written).toBe("retry: 1000\nid: 41\n\n");
    expect(response.ended).toBe(true);
  });

  it("writes an event as its sequence, its state and its record, without a sequence when there is none", async () => {
    const { response, stream } = open();
    const [waiting, stored] = [event(0), event(7)];
    await stream.send(waiting);
    await stream.send(stored);
    stream[Symbol.dispose]();
    expect(response.written.split("\n\n").slice(1, 3)).toEqual([
      `event: running\ndata: ${JSON.stringify(waiting.record)}`,
      `id: 7\nevent: running\ndata: ${JSON.stringify(stored.record)}`,
    ]);
  });

  it("waits until the client has read before it takes another event", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { response, stream } = open({ heartbeatMs: 10 });
    response.writableNeedDrain = true;
    let taken = false;
    const sending = stream.send(event(1)).then(() => {
      taken = true;
    });
    const { length } = response.written;
    await vi.advanceTimersByTimeAsync(100);
    expect([taken, response.written.length]).toEqual([false, length]);
    response.drain();
    await sending;
    vi.advanceTimersByTime(10);
    expect(response.written).toMatch(/\n:\n\n$/);
    stream[Symbol.dispose]();
    expect(response.listenerCount("drain") + response.listenerCount("close")).toBe(0);
  });

  it("cuts off a client that has read nothing for too long", async () => {
    const { response, stream } = open({ stallMs: 10 });
    response.writableNeedDrain = true;
    await stream.send(event(1));
    expect(response.destroyed).toBe(true);
    await stream.send(event(2));
    stream[Symbol.dispose]();
  });
});
