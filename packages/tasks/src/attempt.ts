import { names, parseTaskId } from "@linecook/protocol";
import {
  activeTraceId,
  endSpan,
  extractContext,
  failSpan,
  type Logger,
  startProcessSpan,
  withSpan,
} from "@linecook/telemetry";
import type { Artifacts } from "./artifacts.ts";
import { callHandler, Refused } from "./call-handler.ts";
import { keepDeadLetter } from "./dead-letter.ts";
import { decide, type Plan } from "./decide.ts";
import type { Delivery } from "./delivery.ts";
import { type Failure, failureOf, Interruption, permanentFailure } from "./failure.ts";
import type { TaskHandler } from "./handler.ts";
import type { MessageStore } from "./message-store.ts";
import type { Outages } from "./outages.ts";
import { persist } from "./persist.ts";
import type { Publisher } from "./publisher.ts";
import type { RecordStore } from "./record-store.ts";
import { RecordWriter, type Written } from "./record-writer.ts";
import { resettle, type Settling, settleFailure, settleSuccess } from "./settle.ts";
import type { TaskContext } from "./task-context.ts";
import { TasksError } from "./tasks-error.ts";

/** What every attempt of a worker uses. */
export interface AttemptTools {
  records: RecordStore;
  messages: MessageStore;
  publisher: Publisher;
  artifacts: Artifacts;
  outages: Outages;
  logger: Logger;
  /** `<service>.<instance>`. */
  worker: string;
  /** Aborts when the worker may wait for NATS no longer. */
  hardStop: AbortSignal;
}

/** A task that is done within this time costs one record write, its final one. */
const shortTaskMs = 100;

/** How much later than the others a worker may be back at a server that was away. */
const excuseMarginMs = 1_000;

/** One message in this worker's hands: decides what to do with it, runs the handler and settles. */
export class Attempt {
  readonly #handler: TaskHandler;
  readonly #tools: AttemptTools;
  readonly #abort = new AbortController();
  /** The server was away a moment ago: that it hands the message out again says nothing of who had it. */
  readonly #excused: boolean;
  #delivery: Delivery;
  #logger: Logger | undefined;

  constructor(handler: TaskHandler, delivery: Delivery, tools: AttemptTools) {
    this.#handler = handler;
    this.#delivery = delivery;
    this.#tools = tools;
    this.#excused = tools.outages.within(handler.task.ackWaitMs + excuseMarginMs);
  }

  /** The message as the server handed it out last. */
  get delivery(): Delivery {
    return this.#delivery;
  }

  /** The server has handed out the same message again, since it heard nothing: answer that one from now on. */
  renew(delivery: Delivery): void {
    this.#delivery = delivery;
    delivery.working();
  }

  /** Breaks the handler off, because the worker stops: the task goes back at once, without blame. */
  interrupt(): void {
    this.#abort.abort(new Interruption("shutdown", "the worker stops"));
  }

  /** Gives a message back that was never begun. */
  async giveBack(): Promise<void> {
    const { attempt, deliveryCount, recordSequence } = this.#delivery;
    if (deliveryCount === 1 && parseTaskId(this.#delivery.taskId) !== undefined) {
      await this.#writer(attempt, recordSequence)
        .end({ state: "queued" })
        .catch(() => {});
    }
    this.#delivery.giveBack();
  }

  /** Never throws: what cannot be settled now is left to the next hand-out of the message. */
  async run(): Promise<void> {
    try {
      await this.#follow(await this.#plan());
    } catch (error) {
      if (!this.#tools.hardStop.aborted) this.#log().error({ err: error }, "attempt could not be settled");
    }
  }

  async #plan(): Promise<Plan | { step: "refuse" }> {
    const { taskId, deliveryCount, attempt, recordSequence: sequence } = this.#delivery;
    if (parseTaskId(taskId) === undefined) return { step: "refuse" };
    if (deliveryCount === 1) return { step: "run", attempt, sequence };
    const { records, messages, hardStop } = this.#tools;
    const last = await persist(() => messages.last(taskId), hardStop);
    const stored = await persist(() => records.readLatest(taskId), hardStop);
    const hasSuccessor = last !== null && last.seq > this.#delivery.sequence;
    return decide(attempt, stored, hasSuccessor, this.#handler.task.attempts, this.#excused);
  }

  async #follow(plan: Plan | { step: "refuse" }): Promise<void> {
    const { publisher, hardStop: signal } = this.#tools;
    switch (plan.step) {
      case "run":
        return this.#runTraced(plan.attempt, plan.sequence);
      case "finish":
        return resettle({ delivery: this.#delivery, publisher, signal }, plan.record, 0);
      case "ack":
        return this.#delivery.ack();
      case "reschedule":
        return resettle({ delivery: this.#delivery, publisher, signal }, plan.record, plan.sequence);
      case "lose": {
        const lost = "every worker that ran the last attempt stopped without a word";
        const writer = this.#writer(plan.attempt, plan.sequence);
        await this.#fail(plan.attempt, writer, permanentFailure("worker_lost", lost));
        return;
      }
      case "refuse":
        return this.#refuse();
    }
  }

  /** A message whose subject makes no task id has no record; it becomes a dead letter all the same. */
  async #refuse(): Promise<void> {
    const delivery = this.#delivery;
    const error = {
      code: "bad_task_id",
      message: `${delivery.subject}: its last token is no task id's suffix`,
    };
    const why = { attempt: delivery.attempt, error, failedAt: new Date().toISOString() };
    await persist(() => keepDeadLetter(this.#tools.publisher, delivery, why), this.#tools.hardStop);
    delivery.ack();
    this.#log().warn({ error }, "task is a dead letter");
  }

  async #runTraced(attempt: number, sequence: number): Promise<void> {
    const { task, taskId, lane, consumer, deliveryCount, headers } = this.#delivery;
    const about = { task, taskId, lane, consumer, deliveryCount, attempt, stream: names.tasks };
    const span = startProcessSpan(about, extractContext(headers ?? noHeaders));
    const failure = await withSpan(span, () => this.#execute(attempt, sequence));
    if (failure === undefined) endSpan(span);
    else failSpan(span, Object.assign(new Error(failure.error.message), { code: failure.error.code }));
  }

  async #execute(attempt: number, sequence: number): Promise<Failure | undefined> {
    const writer = this.#writer(attempt, sequence);
    if (this.#delivery.deliveryCount > 1) {
      const marked = await writer.markRunning();
      if (marked.outcome !== "stored") {
        this.#giveWay(marked);
        return undefined;
      }
    } else {
      writer.markRunningAfter(shortTaskMs);
    }
    let result: unknown;
    try {
      const context = this.#context(attempt, writer);
      result = await callHandler(this.#handler, this.#delivery.text(), context, this.#abort);
    } catch (thrown) {
      return this.#settleThrown(attempt, writer, thrown);
    }
    return this.#succeed(attempt, writer, result);
  }

  async #succeed(attempt: number, writer: RecordWriter, result: unknown): Promise<Failure | undefined> {
    try {
      await settleSuccess(this.#settling(attempt, writer), result);
      return undefined;
    } catch (error) {
      const failure = unstorable(error);
      if (failure === undefined) throw error;
      return this.#fail(attempt, writer, failure);
    }
  }

  async #settleThrown(attempt: number, writer: RecordWriter, thrown: unknown): Promise<Failure | undefined> {
    if (thrown instanceof Interruption && thrown.kind === "lost") {
      writer.close();
      return undefined;
    }
    if (thrown instanceof Interruption && thrown.kind === "shutdown") {
      const written = await writer.end({ state: "queued" }).catch(() => undefined);
      // Of a task that another worker has by now, there is nothing to give back.
      if (written === undefined || written.outcome === "stored") this.#delivery.giveBack();
      else this.#giveWay(written);
      this.#log().info({ attempt }, "task given back");
      return undefined;
    }
    return this.#fail(attempt, writer, thrown instanceof Refused ? thrown.failure : failureOf(thrown));
  }

  async #fail(attempt: number, writer: RecordWriter, failure: Failure): Promise<Failure> {
    await settleFailure(this.#settling(attempt, writer), failure);
    const last = failure.permanent || attempt >= this.#handler.task.attempts;
    this.#log().warn(
      { attempt, error: failure.error },
      last ? "task is a dead letter" : "attempt failed, will retry",
    );
    return failure;
  }

  #giveWay(written: Written): void {
    if (written.outcome === "ended") this.#delivery.ack();
  }

  #settling(attempt: number, writer: RecordWriter): Settling {
    const { publisher, hardStop: signal } = this.#tools;
    return { task: this.#handler.task, attempt, delivery: this.#delivery, writer, publisher, signal };
  }

  #writer(attempt: number, sequence: number): RecordWriter {
    const { taskId: task_id, task, submittedAt: submitted_at } = this.#delivery;
    const { records, worker, hardStop: signal } = this.#tools;
    const trace_id = activeTraceId();
    const base = { task_id, task, attempt, submitted_at, worker, ...(trace_id && { trace_id }) };
    const onLost = (written: Written) => {
      this.#giveWay(written);
      this.#abort.abort(new Interruption("lost", "another worker has the task, or it has ended"));
    };
    return new RecordWriter(records, base, { sequence, signal, onLost });
  }

  #context(attempt: number, writer: RecordWriter): TaskContext {
    const { taskId, task, submittedAt } = this.#delivery;
    const { artifacts } = this.#tools;
    const log = () => this.#log().child({ attempt });
    return {
      taskId,
      task,
      attempt,
      submittedAt: new Date(submittedAt),
      signal: this.#abort.signal,
      get logger() {
        return log();
      },
      progress: (progress) => writer.progress(progress),
      putArtifact: (file, data, options) => artifacts.put(taskId, file, data, options),
    };
  }

  #log(): Logger {
    this.#logger ??= this.#tools.logger.child({ task_id: this.#delivery.taskId });
    return this.#logger;
  }
}

const noHeaders = { get: () => "", set: () => {} };

/** The failure of a result that cannot be kept in a record, or nothing when the error is another one. */
function unstorable(error: unknown): Failure | undefined {
  if (error instanceof TasksError && error.code === "payload_too_large") {
    return permanentFailure(
      "result_too_large",
      "the result is larger than a record may be: keep it as an artifact",
    );
  }
  if (error instanceof TypeError) return permanentFailure("invalid_result", `not JSON: ${error.message}`);
  return undefined;
}
