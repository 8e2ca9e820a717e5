import { describe, expect, it } from "vitest";
import { EventFeed } from "./event-feed.ts";
import type { EventHub, EventListener, TaskEvent } from "./event-hub.ts";
import { TasksError } from "./tasks-error.ts";

function setUp(signal?: AbortSignal) {
  const listening = new Set<EventListener>();
  const hub = {
    listen(_subject: string, listener: EventListener): Disposable {
      listening.add(listener);
      return { [Symbol.dispose]: () => void listening.delete(listener) };
    },
  };
  const feed = new EventFeed(hub as unknown as EventHub, "event.task.>", signal);
  return { feed, listening };
}

const event = (sequence: number) => ({ sequence }) as TaskEvent;

describe("a feed of events", () => {
  it("gives what came since, all at once, and waits for more", async () => {
    const { feed } = setUp();
    feed.onEvent(event(1), 100);
    feed.onEvent(event(2), 100);
    expect(await feed.next()).toEqual([event(1), event(2)]);
    const next = feed.next();
    feed.onEvent(event(3), 100);
    expect(await next).toEqual([event(3)]);
  });

  it("tells of a gap in place of more than a thousand events", async () => {
    const { feed } = setUp();
    for (let i = 0; i < 5_000; i += 1) feed.onEvent(event(i), 100);
    const items = (await feed.next()) ?? [];
    expect(items[0]).toBe("gap");
    expect(items.length).toBeLessThanOrEqual(1_001);
    expect(items.at(-1)).toEqual(event(4_999));
  });

  it("tells of a gap in place of more than a mebibyte of records", async () => {
    const { feed } = setUp();
    for (let i = 0; i < 10; i += 1) feed.onEvent(event(i), 400_000);
    const items = (await feed.next()) ?? [];
    expect(items[0]).toBe("gap");
    expect(items.length).toBeLessThanOrEqual(3);
  });

  it("tells of a gap again when it could not be read, but not when it never can be", async () => {
    const { feed } = setUp();
    feed.onGap();
    expect(await feed.next()).toEqual(["gap"]);
    await feed.missAgain(new TasksError("timeout", "not back yet"));
    expect(await feed.next()).toEqual(["gap"]);
    await expect(feed.missAgain(new TasksError("closed", "gone"))).rejects.toMatchObject({ code: "closed" });
    await expect(feed.missAgain(new RangeError("a mistake"))).rejects.toThrow(RangeError);
  });

  it("ends when its signal aborts, also while nothing comes, and then listens no more", async () => {
    const stop = new AbortController();
    const { feed, listening } = setUp(stop.signal);
    const next = feed.next();
    stop.abort();
    expect(await next).toBeUndefined();
    feed.onEvent(event(1), 100);
    expect(await feed.next()).toBeUndefined();
    feed[Symbol.dispose]();
    expect(listening.size).toBe(0);
  });

  it("throws when its hub closes", async () => {
    const { feed } = setUp();
    const next = feed.next();
    feed.onClose();
    await expect(next).rejects.toMatchObject({ code: "closed" });
  });
});
