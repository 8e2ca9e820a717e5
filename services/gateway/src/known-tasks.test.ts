import type { TaskType } from "@linecook/protocol";
import { silentLogger } from "@linecook/telemetry";
import { describe, expect, it, vi } from "vitest";
import { KnownTasks } from "./known-tasks.ts";

function makeTea(input_schema: Record<string, unknown> = { type: "object" }): TaskType {
  const defaults = { attempts: 3, timeout_ms: 1_000, ack_wait_ms: 1_000, lane: "normal" as const };
  return { task: "make_tea", description: "", version: "1", input_schema, result_schema: {}, defaults };
}

function published(...types: TaskType[]) {
  let listener: () => void = () => {};
  return {
    types,
    publish(...news: TaskType[]) {
      this.types = news;
      listener();
    },
    list: vi.fn(async function (this: { types: TaskType[] }) {
      return this.types;
    }),
    onChange(callback: () => void): Disposable {
      listener = callback;
      return { [Symbol.dispose]: () => {} };
    },
  };
}

describe("KnownTasks", () => {
  it("finds a task that was published after it last looked", async () => {
    const source = published();
    using known = new KnownTasks(source, silentLogger());
    source.types = [makeTea()];
    expect((await known.find("make_tea"))?.type.task).toBe("make_tea");
  });

  it("does not ask for every name that nobody knows", async () => {
    const source = published();
    using known = new KnownTasks(source, silentLogger());
    for (let i = 0; i < 100; i += 1) expect(await known.find(`unknown_${i}`)).toBeUndefined();
    expect(source.list).toHaveBeenCalledOnce();
  });

  it("follows a schema that changes", async () => {
    const source = published(makeTea());
    using known = new KnownTasks(source, silentLogger());
    await known.reload();
    expect(known.all.get("make_tea")?.check?.({})).toEqual([]);
    source.publish(makeTea({ type: "object", required: ["cups"] }));
    await expect.poll(() => known.all.get("make_tea")?.check?.({}).length).toBe(1);
  });

  it("goes on reading the others beside a schema that is nested too deeply", async () => {
    const deep = JSON.parse(`${'{"not":'.repeat(20_000)}{}${"}".repeat(20_000)}`);
    const source = published(makeTea(), { ...makeTea(deep), task: "too_deep" });
    using known = new KnownTasks(source, silentLogger());
    await known.reload();
    source.types = [{ ...makeTea(), version: "2" }, ...source.types.slice(1)];
    await known.reload();
    expect(known.all.get("make_tea")?.type.version).toBe("2");
    expect(known.all.get("too_deep")?.check).toBeUndefined();
  });

  it("keeps what did not change, and forgets what is gone", async () => {
    const source = published(makeTea());
    using known = new KnownTasks(source, silentLogger());
    await known.reload();
    const before = known.all;
    source.types = [makeTea()];
    await known.reload();
    expect(known.all).toBe(before);
    source.types = [];
    await known.reload();
    expect(known.all.size).toBe(0);
  });

  it("knows a task whose schema cannot be compiled, without a check, and says so in the log", async () => {
    const logger = silentLogger();
    const error = vi.spyOn(logger, "error");
    using known = new KnownTasks(published(makeTea({ type: "nonsense" })), logger);
    await known.reload();
    expect(known.all.get("make_tea")?.check).toBeUndefined();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ task: "make_tea" }), expect.any(String));
  });

  it("throws a problem when NATS cannot be asked", async () => {
    const source = published();
    source.list.mockRejectedValue(new Error("no responders"));
    using known = new KnownTasks(source, silentLogger());
    await expect(known.find("make_tea")).rejects.toMatchObject({ code: "nats_unavailable" });
  });
});
