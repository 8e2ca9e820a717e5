import {
  deadSubject,
  headers as header,
  isInstant,
  newTaskId,
  taskIdParts,
  taskSubject,
} from "@linecook/protocol";
import { headers } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

const dead = (id: string) => engine.deadLetter(deadSubject(taskIdParts(id)));

describe("what a handler throws", () => {
  const odd: [string, unknown, { code: string; message: string }][] = [
    ["null", null, { code: "handler_error", message: "null" }],
    ["undefined", undefined, { code: "handler_error", message: "undefined" }],
    ["a text", "just text", { code: "handler_error", message: "just text" }],
    ["a symbol", Symbol("s"), { code: "handler_error", message: "Symbol(s)" }],
    ["an error without a message", new RangeError(), { code: "handler_error", message: "RangeError" }],
    [
      "a coded error",
      Object.assign(new Error("no such file"), { code: "ENOENT" }),
      { code: "ENOENT", message: "no such file" },
    ],
    [
      "an error with several lines",
      new Error("one\r\nTask-Lane: high\n\ntwo\0"),
      { code: "handler_error", message: "one\r\nTask-Lane: high\n\ntwo\0" },
    ],
    [
      "an error whose code is no text",
      Object.assign(new Error("x"), { code: 42 }),
      { code: "handler_error", message: "x" },
    ],
    [
      "a code with several lines",
      Object.assign(new Error("x"), { code: "A\r\nB: c" }),
      { code: "A\r\nB: c", message: "x" },
    ],
  ];
  it.each(odd)("ends as a dead letter: %s", async (_name, thrown, error) => {
    await endsWith(thrown, error);
  });

  it("is told in full when it is an object", async () => {
    const { record } = await endsWith({ status: 500, why: "broken" }, { code: "handler_error" });
    expect(record.error?.message).toContain("broken");
  });

  it("may have no text at all", async () => {
    await endsWith(Object.create(null), { code: "handler_error" });
    await endsWith(Object.assign(new Error("x"), { message: 42 }), { code: "handler_error" });
    const evil = {
      toString: () => {
        throw new Error("evil");
      },
      [Symbol.toPrimitive]: 1,
    };
    await endsWith(evil, { code: "handler_error" });
  });

  it("is cut short when it is huge", async () => {
    const { record, letter } = await endsWith(new Error("😀x".repeat(1_000_000)), { code: "handler_error" });
    expect(record.error?.message.length).toBeLessThanOrEqual(2_000);
    expect(letter?.header.get(header.error).length).toBeLessThanOrEqual(1_000);
  });

  async function endsWith(thrown: unknown, error: object) {
    const task = anyTask({ attempts: 1 });
    await using _ = await engine.work([
      handle(task, () => {
        throw thrown;
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    const record = await engine.until(id, { state: "failed" });
    expect(record.error).toMatchObject(error);
    await engine.untilIdle(task);
    const letter = await dead(id);
    expect(letter?.header.get(header.error)).toMatch(/^[^\r\n\0]+$/);
    expect(letter?.header.get(header.lane)).toBe("normal");
    return { record, letter };
  }
});

describe("a message that makes no sense", () => {
  it.each([
    ["no JSON", "{not json", "invalid_json"],
    ["nothing", "", "invalid_json"],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x00]), "invalid_json"],
    ["JSON that breaks the schema", '{"n":"one"}', "invalid_input"],
    ["JSON null", "null", "invalid_input"],
  ])("is a dead letter at once, and the worker stays up: %s", async (_name, body, code) => {
    const task = anyTask({ input: z.object({ n: z.number() }) });
    await using _ = await engine.work([handle(task, () => "fine")]);
    const id = newTaskId(task.name);
    await engine.publisher.publish(taskSubject(id, "normal"), body);
    expect(await engine.until(id, { state: "failed" })).toMatchObject({ attempt: 1, error: { code } });
    await engine.untilIdle(task);
    const letter = await dead(id);
    expect(Buffer.from(letter?.data ?? [])).toEqual(Buffer.from(body));
    expect(letter?.header.get(header.errorCode)).toBe(code);
    expect(await (await engine.client.submit(task, { n: 1 })).result({ timeoutMs: 5_000 })).toBe("fine");
  });

  it("is a dead letter when its subject makes no task id", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, () => "fine")]);
    await engine.publisher.publish(`task.${task.name}.normal.short`, "{}");
    await expect.poll(() => engine.deadLetter(`dead.${task.name}.short`)).not.toBeNull();
    expect((await engine.deadLetter(`dead.${task.name}.short`))?.header.get(header.errorCode)).toBe(
      "bad_task_id",
    );
    await engine.untilIdle(task);
  });

  it("is run for what it says where its headers are junk", async () => {
    const task = anyTask();
    await using _ = await engine.work([handle(task, (_input, { attempt }) => attempt)]);
    const junk = ["", "-1", "0", "1e99", "NaN", "one"];
    const times = [
      "",
      "yesterday",
      "2026-02-30T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "9999-12-31T23:59:59-14:00",
      "0000-01-01T00:00:00+10:00",
    ];
    for (const [i, value] of junk.entries()) {
      const id = newTaskId(task.name);
      const carrier = headers();
      carrier.set(header.attempt, value);
      carrier.set(header.recordSequence, value);
      carrier.set(header.submittedAt, times[i] ?? "");
      await engine.publisher.publish(taskSubject(id, "normal"), "{}", { headers: carrier });
      const record = await engine.client.wait(id, { timeoutMs: 5_000 });
      expect(record).toMatchObject({ state: "succeeded", result: 1 });
      expect(isInstant(record.submitted_at)).toBe(true);
    }
  });

  it("is run even when it looks like a status of the server", async () => {
    const task = anyTask({ input: z.unknown() });
    await using _ = await engine.work([handle(task, () => "fine")]);
    const id = newTaskId(task.name);
    const status503 = headers();
    Object.assign(status503, {
      encode: () => new TextEncoder().encode("NATS/1.0 503 No Responders\r\n\r\n"),
    });
    await engine.publisher.publish(taskSubject(id, "normal"), "", { headers: status503 });
    await engine.until(id, { state: "failed" });
    await engine.untilIdle(task);
  });
});

describe("a result that cannot be kept", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const unspeakable = {
    toJSON: () => {
      throw new RangeError("not today");
    },
  };
  it.each([
    ["breaks its schema", "text", "invalid_result"],
    ["holds a bigint", { n: 1n }, "invalid_result"],
    ["is circular", circular, "invalid_result"],
    ["throws when it is written", unspeakable, "invalid_result"],
    ["is too large", { text: "x".repeat(1_100_000) }, "result_too_large"],
  ])("ends the task as failed: %s", async (_name, result, code) => {
    const task = anyTask({ result: z.looseObject({}) });
    await using _ = await engine.work([handle(task, () => result as object)]);
    const { id } = await engine.client.submit(task, { given: true });
    expect(await engine.until(id, { state: "failed" })).toMatchObject({ error: { code } });
    await engine.untilIdle(task);
    expect((await dead(id))?.string()).toBe('{"given":true}');
  });
});
