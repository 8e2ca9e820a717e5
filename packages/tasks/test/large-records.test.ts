import { newTaskId, type TaskRecord } from "@linecook/protocol";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { TaskClient } from "../src/index.ts";
import { Engine } from "./engine.ts";

const records = 100;
const ids = Array.from({ length: records }, () => newTaskId("make_tea"));

let engine: Engine;
let client: TaskClient;
let lost: number;

beforeAll(async () => {
  engine = await Engine.start();
  const ended = { task: "make_tea", state: "succeeded", attempt: 1 } as const;
  const result = "x".repeat(900_000);
  for (const task_id of ids) {
    const record: TaskRecord = { ...ended, task_id, result, submitted_at: "2026-01-02T03:04:05Z" };
    await engine.write(record);
  }
});

afterAll(() => engine[Symbol.asyncDispose]());

beforeEach(async () => {
  const connection = await engine.connect();
  client = await TaskClient.create(connection);
  lost = 0;
  const statuses = connection.status();
  void (async () => {
    for await (const { type } of statuses) if (type === "disconnect") lost += 1;
  })();
  return () => client[Symbol.asyncDispose]();
});

it("are read by many at once without the server cutting the connection off", async () => {
  const read = await Promise.all(ids.map((id) => client.get(id)));
  expect(read.map(({ task_id }) => task_id)).toEqual(ids);
  expect(lost).toBe(0);
});

it("are replayed to many at once without the server cutting the connection off", async () => {
  const first = async () => {
    for await (const { record } of client.watchAll({ after: 0 })) return record.task_id;
    return undefined;
  };
  const all = await Promise.all(Array.from({ length: 40 }, first));
  expect(new Set(all)).toEqual(new Set(ids.slice(0, 1)));
  expect(lost).toBe(0);
});
