import { ROOT_CONTEXT } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attributeNames } from "./attributes.ts";
import { OtlpSink, type SinkSpan } from "./otlp-sink.ts";
import {
  endSpan,
  failSpan,
  startDeliverSpan,
  startProcessSpan,
  startPublishSpan,
  startRecordSpan,
} from "./spans.ts";
import { startTelemetry, type Telemetry } from "./telemetry.ts";

const message = {
  task: "make_tea",
  taskId: "make_tea-4711",
  attempt: 3,
  lane: "high",
  messageId: "make_tea-4711-3",
};
const delivery = { ...message, stream: "TASKS", consumer: "make_tea-high", deliveryCount: 2 };
let sink: OtlpSink;
let telemetry: Telemetry;

beforeAll(async () => {
  sink = await OtlpSink.start();
  Object.assign(process.env, sink.env());
  telemetry = await startTelemetry("unit", process.env);
});

afterAll(async () => {
  await telemetry.shutdown();
  await sink[Symbol.asyncDispose]();
});

async function sent(name: string): Promise<SinkSpan> {
  const isIt = (span: SinkSpan) => span.name === name;
  const span = (await sink.waitFor((spans) => spans.some(isIt))).findLast(isIt);
  if (!span) throw new Error(`No span ${name}`);
  return span;
}

describe("spans", () => {
  it("describe a publish by the messaging conventions", async () => {
    endSpan(startPublishSpan(message));
    expect((await sent("publish task.make_tea")).attributes).toEqual({
      "messaging.system": "nats",
      "messaging.system.name": "nats",
      "messaging.operation.name": "publish",
      "messaging.operation.type": "send",
      "messaging.destination.template": "task.make_tea",
      "messaging.message.conversation_id": "make_tea-4711",
      "messaging.message.id": "make_tea-4711-3",
      "linecook.task.name": "make_tea",
      "linecook.task.attempt": 3,
      "linecook.task.lane": "high",
    });
  });

  it("describe an attempt with where its message came from", async () => {
    endSpan(startProcessSpan(delivery, ROOT_CONTEXT));
    const span = await sent("process task.make_tea");
    expect(span.attributes).toMatchObject({
      "messaging.operation.type": "process",
      "messaging.consumer.group.name": "make_tea-high",
      "nats.stream": "TASKS",
      "nats.consumer": "make_tea-high",
      "nats.message.delivery_count": 2,
    });
    expect(span.links).toEqual([]);
  });

  it("carry no id in their names and no attribute that is not listed", async () => {
    const update = { task: "make_tea", taskId: "make_tea-4711", state: "succeeded" };
    endSpan(startRecordSpan(update));
    endSpan(startDeliverSpan(update, ROOT_CONTEXT));
    await sent("deliver event.task.make_tea");
    const known = new Set<string>(Object.values(attributeNames));
    // The receiver runs in this process, so its own requests are traced too.
    const made = sink.spans().filter(({ kind }) => kind !== "server");
    for (const { name, attributes } of made) {
      expect(name).not.toContain("4711");
      expect(Object.keys(attributes).filter((key) => !known.has(key))).toEqual([]);
    }
  });

  it("cut the message of an error short", async () => {
    failSpan(startPublishSpan({ ...message, task: "spill_tea" }), new TypeError("x".repeat(1_000)));
    const { status, attributes } = await sent("publish task.spill_tea");
    expect(status.message).toHaveLength(256);
    expect(attributes["error.type"]).toBe("TypeError");
  });
});
