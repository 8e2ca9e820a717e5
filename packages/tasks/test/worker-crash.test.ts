import {
  attemptMessageId,
  deadSubject,
  headers as header,
  newTaskId,
  type TaskDefinition,
  type TaskRecord,
  taskIdParts,
  taskSubject,
} from "@linecook/protocol";
import { headers } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

const dead = (id: string) => engine.deadLetter(deadSubject(taskIdParts(id)));

/** A record as a worker that is no more has left it. */
function left(
  id: string,
  state: TaskRecord["state"],
  attempt: number,
  more: Partial<TaskRecord> = {},
): TaskRecord {
  const { task } = taskIdParts(id);
  return {
    task_id: id,
    task,
    state,
    attempt,
    submitted_at: "2026-01-02T03:04:05Z",
    worker: "gone.1",
    ...more,
  };
}

/** A worker that tells what it ran. */
async function countingWorker(task: TaskDefinition, wait?: Promise<unknown>) {
  const attempts: number[] = [];
  const worker = await engine.work([
    handle(task, async (_input, { attempt }) => {
      attempts.push(attempt);
      await wait;
      return attempt;
    }),
  ]);
  return { attempts, [Symbol.asyncDispose]: () => worker.stop() };
}

/** Publishes one attempt of a task as a worker does that retries it. */
async function publishAttempt(id: string, attempt: number, recordSequence: number): Promise<void> {
  const carrier = headers();
  carrier.set(header.messageId, attemptMessageId(id, attempt));
  carrier.set(header.attempt, String(attempt));
  carrier.set(header.recordSequence, String(recordSequence));
  await engine.publisher.publish(taskSubject(id, "normal"), "{}", { headers: carrier });
}

describe("a task whose worker is killed", () => {
  it("runs again elsewhere within the ack wait, as its next attempt", async () => {
    const task = anyTask();
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    const takenAt = performance.now();
    await engine.takeAndDie(task);
    await engine.write(left(id, "running", 1));
    await using worker = await countingWorker(task);
    await engine.until(id, { state: "succeeded", attempt: 2, result: 2 });
    expect(performance.now() - takenAt).toBeLessThan(500 + 2_000);
    expect(worker.attempts).toEqual([2]);
    await engine.untilIdle(task);
  });

  it("runs under its own number, and says so first, when nobody knows whether it began", async () => {
    const task = anyTask({ attempts: 1 });
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    const over = Promise.withResolvers<void>();
    await using worker = await countingWorker(task, over.promise);
    await engine.until(id, { state: "running", attempt: 1 });
    over.resolve();
    await engine.until(id, { state: "succeeded", attempt: 1, result: 1 });
    expect(worker.attempts).toEqual([1]);
    await engine.untilIdle(task);
  });

  it("ends as a dead letter after its attempts when it kills every worker", async () => {
    const task = anyTask({ attempts: 3 });
    await engine.provision(task);
    const { id } = await engine.client.submit(task, { kills: true });
    await engine.takeAndDie(task);
    for (const attempt of [2, 3]) {
      await engine.takeAndDie(task);
      await engine.write(left(id, "running", attempt));
    }
    await using worker = await countingWorker(task);
    await engine.until(id, {
      state: "failed",
      attempt: 3,
      error: { code: "worker_lost", message: expect.any(String) },
    });
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([]);
    expect((await dead(id))?.string()).toBe('{"kills":true}');
    expect((await dead(id))?.header.get(header.errorCode)).toBe("worker_lost");
    const next = await engine.client.submit(task, {});
    expect(await next.result({ timeoutMs: 5_000 })).toBe(1);
  });

  it("runs the same attempt when it was given back", async () => {
    const task = anyTask({ attempts: 1 });
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    await engine.write(left(id, "queued", 1));
    await using worker = await countingWorker(task);
    await engine.until(id, { state: "succeeded", attempt: 1 });
    expect(worker.attempts).toEqual([1]);
  });

  it("is forgotten by the queue when it had ended well", async () => {
    const task = anyTask();
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    await engine.write(left(id, "succeeded", 1, { result: "first" }));
    await using worker = await countingWorker(task);
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([]);
    expect(await engine.record(id)).toMatchObject({ worker: "gone.1", result: "first" });
  });

  it("becomes the dead letter that its worker did not get to", async () => {
    const task = anyTask();
    await engine.provision(task);
    const { id } = await engine.client.submit(task, { x: 1 });
    await engine.takeAndDie(task);
    const finished_at = "2026-02-03T04:05:06.789Z";
    await engine.write(
      left(id, "failed", 1, { finished_at, error: { code: "broken", message: "beyond repair" } }),
    );
    await using worker = await countingWorker(task);
    await engine.untilIdle(task);
    const letter = await dead(id);
    expect(letter?.string()).toBe('{"x":1}');
    expect(letter?.header.get(header.errorCode)).toBe("broken");
    expect(letter?.header.get(header.failedAt)).toBe(finished_at);
    expect(worker.attempts).toEqual([]);
  });

  it("gets the next attempt that its worker did not get to send", async () => {
    const task = anyTask();
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    const next_attempt_at = new Date(Date.now() + 100).toISOString();
    const error = { code: "handler_error", message: "once more" };
    await engine.write(left(id, "retrying", 1, { next_attempt_at, error }));
    await using worker = await countingWorker(task);
    await engine.until(id, { state: "succeeded", attempt: 2 });
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([2]);
  });

  it("does not get its next attempt twice when only the ack was missing", async () => {
    const task = anyTask();
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    const sequence = await engine.write(
      left(id, "retrying", 1, { next_attempt_at: new Date().toISOString() }),
    );
    await publishAttempt(id, 2, sequence);
    await using worker = await countingWorker(task);
    await engine.until(id, { state: "succeeded", attempt: 2 });
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([2]);
  });

  it("is not run beside its next attempt, nor taken for one that crashed, when only the ack was missing", async () => {
    const task = anyTask({ attempts: 2 });
    await engine.provision(task);
    const { id } = await engine.client.submit(task, {});
    await engine.takeAndDie(task);
    const sequence = await engine.write(
      left(id, "retrying", 1, { next_attempt_at: new Date().toISOString() }),
    );
    await publishAttempt(id, 2, sequence);
    const end = Promise.withResolvers<void>();
    await using first = await countingWorker(task, end.promise);
    await using second = await countingWorker(task, end.promise);
    await engine.until(id, { state: "running", attempt: 2 });
    // The message of the first attempt comes back, and goes.
    await expect
      .poll(
        async () =>
          (await engine.manager.streams.info("TASKS", { subjects_filter: `task.${task.name}.>` })).state
            .subjects?.[taskSubject(id, "normal")],
        { timeout: 5_000 },
      )
      .toBe(1);
    expect(await engine.record(id)).toMatchObject({ state: "running", attempt: 2 });
    end.resolve();
    await engine.until(id, { state: "succeeded", attempt: 2 });
    expect([...first.attempts, ...second.attempts]).toEqual([2]);
  });

  it("is not begun again by the worker that still has it, when the server hands it out once more", async () => {
    const task = anyTask();
    const end = Promise.withResolvers<void>();
    await using worker = await countingWorker(task, end.promise);
    const { id } = await engine.client.submit(task, {});
    await engine.until(id, { state: "running" });
    const message = await engine.last("TASKS", taskSubject(id, "normal"));
    const consumer = `${task.name}-normal`;
    engine.connection.publish(`$JS.ACK.TASKS.${consumer}.1.${message?.seq}.1.0.0`, "-NAK");
    await expect
      .poll(async () => (await engine.manager.consumers.info("TASKS", consumer)).num_redelivered)
      .toBe(1);
    const next = await engine.client.submit(task, {});
    await engine.until(next.id, { state: "running" });
    end.resolve();
    await engine.until(id, { state: "succeeded", attempt: 1 });
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([1, 1]);
  });

  it("writes over a record that was deleted or is none", async () => {
    const task = anyTask();
    await engine.provision(task);
    for (const junk of ["", "no record", '{"task_id":1}']) {
      const id = newTaskId(task.name);
      await engine.publisher.publish(`$KV.task_state.${task.name}.${taskIdParts(id).uid}`, junk);
      expect(await engine.client.get(id).catch(({ code }) => code)).toBe("not_found");
      await engine.client.submit(task, {}, { taskId: id });
      expect(await engine.client.get(id)).toMatchObject({ state: "queued" });
    }
    await using worker = await countingWorker(task);
    await engine.untilIdle(task);
    expect(worker.attempts).toEqual([1, 1, 1]);
  });
});

describe("a worker that another one has taken over from", () => {
  it("is told by its signal, and its word does not count", async () => {
    const task = anyTask();
    const told = Promise.withResolvers<unknown>();
    await using _ = await engine.work([
      handle(task, async (_input, { signal, progress }) => {
        progress({ fraction: 0.1 });
        signal.addEventListener("abort", () => told.resolve(signal.reason));
        const tick = setInterval(() => progress({ fraction: Math.random() }), 20);
        await told.promise;
        clearInterval(tick);
        return "too late";
      }),
    ]);
    const { id } = await engine.client.submit(task, {});
    await engine.until(id, { state: "running" });
    await engine.write(left(id, "running", 2));
    expect(await told.promise).toMatchObject({ kind: "lost" });
    await engine.connection.flush();
    expect(await engine.record(id)).toMatchObject({ state: "running", attempt: 2, worker: "gone.1" });
    await engine.write(left(id, "succeeded", 2, { result: "mine" }));
    await engine.untilIdle(task);
    expect(await engine.record(id)).toMatchObject({ result: "mine" });
  });

  it("gives way to a task that has ended, and ends it in the queue", async () => {
    const task = anyTask();
    const go = Promise.withResolvers<void>();
    await using _ = await engine.work([handle(task, () => go.promise.then(() => "second"))]);
    const { id } = await engine.client.submit(task, {});
    await engine.until(id, { state: "running" });
    await engine.write(left(id, "cancelled", 1));
    go.resolve();
    await engine.untilIdle(task);
    expect(await engine.record(id)).toMatchObject({ state: "cancelled" });
  });
});
