import { generateReport, sendEmail } from "@linecook/contracts";
import { startSystem } from "@linecook/local";
import { headers as header, names, newTaskId, taskIdParts } from "@linecook/protocol";
import { provision, TaskClient } from "@linecook/tasks";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import fc from "fast-check";
import { connect, headers } from "nats";
import { expect, it } from "vitest";

const runs = 250;
const seed = 20_261_122;

/** Values that are no input of `generate_report`: its one required field is missing or no integer, or there is a foreign one. */
const badReportInput = fc.oneof(
  fc.jsonValue().filter((value) => typeof value !== "object" || value === null || Array.isArray(value)),
  fc.record({
    user_id: fc.oneof(fc.string(), fc.constant(null), fc.double({ noInteger: true }), fc.boolean()),
  }),
  fc.record({
    user_id: fc.integer(),
    period: fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.array(fc.string())),
  }),
  fc.record({
    user_id: fc.integer(),
    carriers: fc.oneof(fc.string(), fc.constant([]), fc.array(fc.integer(), { minLength: 1 })),
  }),
  fc.record({ user_id: fc.integer(), format: fc.oneof(fc.constant("pdf"), fc.integer()) }),
  fc.record({ user_id: fc.integer(), surprise: fc.jsonValue() }),
);

it("answers every bad request with a problem and turns every bad message into a dead letter; all stay up", async () => {
  await using system = await startSystem();
  const connection = await connect({ servers: system.natsUrl });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => connection.close());
  await provision(connection, { tasks: [generateReport, sendEmail] });

  const statuses = new Map<number, number>();
  for (const bad of fc.sample(badRequest(), { numRuns: runs, seed })) {
    const response = await fetch(system.url + bad.path, bad);
    const body = await response.text();
    expect([response.status, bad.path, body]).toEqual([expect.toSatisfy(isClientError), bad.path, body]);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({
      status: response.status,
      code: expect.stringMatching(/^[a-z_]+$/),
    });
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  }
  expect([...statuses.keys()].sort()).toEqual([400, 404, 413, 415, 422]);

  const js = jetstream(connection);
  const manager = await jetstreamManager(connection);
  const messages = fc.sample(badMessage, { numRuns: runs, seed });
  for (const { subject, body, carrier } of messages) {
    const set = headers();
    for (const [name, value] of Object.entries(carrier)) set.set(name, value);
    await js.publish(subject, body, { headers: set });
  }
  const kept = async () => (await manager.streams.info(names.dead)).state.messages;
  await expect.poll(kept, { timeout: 30_000 }).toBeGreaterThanOrEqual(runs);
  expect(await kept()).toBe(runs);
  for (const { subject, body } of messages) {
    const [, task, , uid] = subject.split(".");
    const letter = await manager.streams.getMessage(names.dead, { last_by_subj: `dead.${task}.${uid}` });
    expect(letter?.data).toEqual(body);
    expect(letter?.header.get(header.errorCode)).toMatch(/^(invalid_json|invalid_input|bad_task_id)$/);
  }

  for (const process of system.processes)
    expect(process.logs.filter(({ level }) => level === "fatal")).toEqual([]);
  await using client = await TaskClient.create(connection);
  const good = await client.submit(generateReport, { user_id: 1 });
  expect((await good.result({ timeoutMs: 30_000 })).status).toBe("completed");
  expect((await fetch(`${system.url}/healthz`)).status).toBe(200);
});

const isClientError = (status: number) => status >= 400 && status < 500;

interface BadRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

function badRequest(): fc.Arbitrary<BadRequest> {
  const json = { "content-type": "application/json" };
  const post = (path: string, body: string, type = json) => ({ path, method: "POST", headers: type, body });
  const submission = (input: unknown) => post("/v1/tasks/generate_report", JSON.stringify({ input }));
  const word = fc.stringMatching(/^[a-z_.~!-]{1,30}$/);
  return fc.oneof(
    badReportInput.map(submission),
    fc
      .string({ maxLength: 50 })
      .filter(isNotJson)
      .map((body) => post("/v1/tasks/generate_report", body)),
    fc
      .jsonValue()
      .filter(isNoSubmission)
      .map((body) => post("/v1/tasks/generate_report", JSON.stringify(body))),
    fc.jsonValue().map((to) => post("/v1/tasks/send_email", JSON.stringify({ input: { to, subject: 1 } }))),
    word.map((name) => post(`/v1/tasks/no_${encodeURIComponent(name)}`, '{"input":{}}')),
    word.map((id) => post(`/start-report/x${encodeURIComponent(id)}`, "")),
    word.map((id) => ({ path: `/task-status/x${encodeURIComponent(id)}`, method: "GET", headers: {} })),
    fc
      .constant(null)
      .map(() => ({ path: `/v1/tasks/${newTaskId("generate_report")}`, method: "GET", headers: {} })),
    word.map((file) => ({
      path: `/v1/tasks/${newTaskId("generate_report")}/artifacts/${encodeURIComponent(file)}`,
      method: "GET",
      headers: {},
    })),
    word.map((type) =>
      post("/v1/tasks/generate_report", "user_id=1", {
        "content-type": `text/${type.replace(/[^a-z]/g, "x")}`,
      }),
    ),
    fc
      .integer({ min: 2, max: 3 })
      .map((mb) => post("/v1/tasks/generate_report", JSON.stringify({ input: "x".repeat(mb << 20) }))),
  );
}

/** What is put straight on the stream, past every check: no JSON, no fitting input, or no task id. */
const badMessage = fc
  .record({
    task: fc.constantFrom(generateReport.name, sendEmail.name),
    lane: fc.constantFrom("high", "normal", "low"),
    uid: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9_!$-]{1,21}$/) },
    ),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 200 }).filter((bytes) => isNotJson(new TextDecoder().decode(bytes))),
      badReportInput.map((value) => new TextEncoder().encode(JSON.stringify(value))),
    ),
    carrier: fc.dictionary(
      fc.constantFrom(
        header.attempt,
        header.submittedAt,
        header.recordSequence,
        header.traceparent,
        "X-Other",
      ),
      fc.stringMatching(/^[ -~]{0,40}$/),
    ),
  })
  .map(({ task, lane, uid, body, carrier }) => {
    const suffix =
      uid === undefined ? taskIdParts(newTaskId(task)).uid : `${uid}${Math.abs(hash(body))}`.slice(0, 21);
    return { subject: `task.${task}.${lane}.${suffix}`, body, carrier };
  });

function hash(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum * 31 + byte) | 0, 7);
}

function isNotJson(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

function isNoSubmission(value: unknown): boolean {
  return typeof value !== "object" || value === null || !("input" in value);
}
