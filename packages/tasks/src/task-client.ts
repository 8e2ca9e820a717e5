import { setTimeout as delay } from "node:timers/promises";
import {
  inputHeadroomBytes,
  type Lane,
  newTaskId,
  ProtocolError,
  type TaskDefinition,
  type TaskInput,
  type TaskRecord,
  taskIdParts,
} from "@linecook/protocol";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import * as z from "zod";
import { Artifacts } from "./artifacts.ts";
import { EventHub, type TaskEvent } from "./event-hub.ts";
import { Publisher } from "./publisher.ts";
import { QueueReader } from "./queue-reader.ts";
import { RecordStore } from "./record-store.ts";
import { TaskHandle } from "./task-handle.ts";
import { publishTask } from "./task-message.ts";
import { notFound, TaskReader, type WatchOptions } from "./task-reader.ts";
import { TaskTypes } from "./task-types.ts";
import { TasksError } from "./tasks-error.ts";

/** What a client can be told. */
export interface TaskClientOptions {
  /** How long a submission may take, tries again included. @default 5000 */
  submitTimeoutMs?: number;
  /** How many submissions may be on their way at once; more wait. @default 1024 */
  maxInFlight?: number;
}

/** What a submission can say beside its input. */
export interface SubmitOptions {
  /** @default the task's own lane */
  lane?: Lane;
  /** Not before this time. @default at once */
  runAt?: Date;
  /** The id to submit under: submitting the same one again within 2 minutes submits once. @default a new one */
  taskId?: string;
}

/** How long to wait for the end of a task. */
export interface WaitOptions {
  /** @default for ever */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const retryMs = 50;
const readTimeoutMs = 2_000;

/** Submits tasks, tells how they stand, and follows them. Every method throws a {@link TasksError} when NATS cannot. */
export class TaskClient implements AsyncDisposable {
  /** The files that tasks made. */
  readonly artifacts: Artifacts;
  /** What workers can run. */
  readonly types: TaskTypes;
  /** How much waits, and who works. */
  readonly queues: QueueReader;
  readonly #publisher: Publisher;
  readonly #reader: TaskReader;
  readonly #hub: EventHub;
  readonly #submitTimeoutMs: number;
  readonly #connection: NatsConnection;

  private constructor(parts: {
    connection: NatsConnection;
    artifacts: Artifacts;
    types: TaskTypes;
    queues: QueueReader;
    publisher: Publisher;
    reader: TaskReader;
    hub: EventHub;
    submitTimeoutMs: number;
  }) {
    this.#connection = parts.connection;
    this.artifacts = parts.artifacts;
    this.types = parts.types;
    this.queues = parts.queues;
    this.#publisher = parts.publisher;
    this.#reader = parts.reader;
    this.#hub = parts.hub;
    this.#submitTimeoutMs = parts.submitTimeoutMs;
  }

  /** A client on a connection, which stays the caller's to close. */
  static async create(connection: NatsConnection, options: TaskClientOptions = {}): Promise<TaskClient> {
    const submitTimeoutMs = options.submitTimeoutMs ?? 5_000;
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: readTimeoutMs });
    const publisher = new Publisher(connection, {
      timeoutMs: submitTimeoutMs,
      ...(options.maxInFlight !== undefined && { maxInFlight: options.maxInFlight }),
    });
    const hub = new EventHub(connection);
    const reader = new TaskReader(connection, new RecordStore(publisher, manager), manager, hub);
    return new TaskClient({
      connection,
      artifacts: new Artifacts(connection),
      types: new TaskTypes(connection),
      queues: new QueueReader(connection, manager),
      publisher,
      reader,
      hub,
      submitTimeoutMs,
    });
  }

  /**
   * Hands a task to the workers and returns once the server has stored it.
   * Throws `invalid_input` when the input breaks the task's schema; `payload_too_large`; `store_full`, `disconnected` or
   * `timeout` when the server did not store it in time. After the last two it may be stored all the same: submit again
   * under the same `taskId`.
   */
  async submit<Task extends TaskDefinition>(
    task: Task,
    input: TaskInput<Task>,
    options: SubmitOptions = {},
  ): Promise<TaskHandle<Task>> {
    const parsed = task.input.safeParse(input);
    if (!parsed.success) {
      throw new TasksError("invalid_input", `${task.name}: ${z.prettifyError(parsed.error)}`);
    }
    const taskId = await this.submitJson(task.name, toJson(task, input), { lane: task.lane, ...options });
    return new TaskHandle(this, task, taskId);
  }

  /** Hands a task to the workers without its definition: the input is JSON that the caller has validated. Returns its id. */
  async submitJson(task: string, input: string, options: SubmitOptions = {}): Promise<string> {
    const taskId = options.taskId ?? newTaskId(task);
    if (taskIdParts(taskId).task !== task) {
      throw new ProtocolError("bad_task_id", `"${taskId}" is an id of another task than ${task}`);
    }
    this.#checkSize(task, input);
    if (Number.isNaN(options.runAt?.getTime()))
      throw new TasksError("invalid_input", `${task}: runAt is no date`);
    const message = {
      taskId,
      lane: options.lane ?? "normal",
      attempt: 1,
      submittedAt: new Date().toISOString(),
      body: input,
      notBefore: options.runAt,
    };
    const deadline = Date.now() + this.#submitTimeoutMs;
    for (;;) {
      const left = deadline - Date.now();
      try {
        await publishTask(this.#publisher, message, left);
        return taskId;
      } catch (error) {
        const again = error instanceof TasksError && error.code === "disconnected";
        if (!again || Date.now() + retryMs >= deadline) throw error;
      }
      await delay(retryMs);
    }
  }

  /** The handle of a task that was submitted earlier or elsewhere. */
  handle<Task extends TaskDefinition>(task: Task, taskId: string): TaskHandle<Task> {
    return new TaskHandle(this, task, taskId);
  }

  /** How a task stands. Throws `not_found`, or a `ProtocolError` when the text is no task id. */
  async get(taskId: string): Promise<TaskRecord> {
    return (await this.getEvent(taskId)).record;
  }

  /** Like `get`, with the sequence and headers of the record. */
  async getEvent(taskId: string): Promise<TaskEvent> {
    taskIdParts(taskId);
    const found = await this.#reader.read(taskId);
    if (found === undefined) throw notFound(taskId);
    return found;
  }

  /** Waits for the end of a task and returns its record: the final one, or how it stands when the time is over. */
  async wait(taskId: string, options: WaitOptions = {}): Promise<TaskRecord> {
    const signals = [
      ...(options.timeoutMs === undefined ? [] : [AbortSignal.timeout(options.timeoutMs)]),
      ...(options.signal === undefined ? [] : [options.signal]),
    ];
    let latest: TaskRecord | undefined;
    for await (const { record } of this.watch(taskId, { signal: AbortSignal.any(signals) })) latest = record;
    return latest ?? this.get(taskId);
  }

  /** Follows one task: how it stands, then every stored update, up to the final one. Throws `not_found`. */
  watch(taskId: string, options: WatchOptions = {}): AsyncGenerator<TaskEvent, void, undefined> {
    taskIdParts(taskId);
    return this.#reader.watch(taskId, options);
  }

  /** Follows all tasks, or those of one name, for as long as the caller reads. */
  watchAll(options: WatchOptions & { task?: string } = {}): AsyncGenerator<TaskEvent, void, undefined> {
    return this.#reader.watchAll(options);
  }

  /** The sequence of the last stored update of any task: who watches all after it misses nothing from here on. */
  lastSequence(): Promise<number> {
    return this.#reader.lastSequence();
  }

  /** Leaves nothing behind on the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#hub[Symbol.dispose]();
    this.types[Symbol.dispose]();
    await this.#publisher[Symbol.asyncDispose]();
  }

  #checkSize(task: string, input: string): void {
    const most = (this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY) - inputHeadroomBytes;
    const size = Buffer.byteLength(input);
    if (size <= most) return;
    throw new TasksError(
      "payload_too_large",
      `${task}: the input has ${size} bytes, the server takes ${most}`,
    );
  }
}

function toJson(task: TaskDefinition, input: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(input);
    if (json !== undefined) return json;
  } catch (cause) {
    throw new TasksError("invalid_input", `${task.name}: the input cannot be written as JSON`, { cause });
  }
  throw new TasksError("invalid_input", `${task.name}: there is no input`);
}
