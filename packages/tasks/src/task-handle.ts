import { isFinal, type TaskDefinition, type TaskRecord, type TaskResult } from "@linecook/protocol";
import * as z from "zod";
import type { TaskEvent } from "./event-hub.ts";
import type { TaskClient, WaitOptions } from "./task-client.ts";
import type { WatchOptions } from "./task-reader.ts";
import { TasksError } from "./tasks-error.ts";

/** A submitted task, with the types of its definition. */
export class TaskHandle<Task extends TaskDefinition> {
  readonly id: string;
  readonly #client: TaskClient;
  readonly #task: Task;

  constructor(client: TaskClient, task: Task, id: string) {
    this.#client = client;
    this.#task = task;
    this.id = id;
  }

  /** How it stands. */
  record(): Promise<TaskRecord> {
    return this.#client.get(this.id);
  }

  /** Follows it up to its final record. */
  watch(options: WatchOptions = {}): AsyncGenerator<TaskEvent, void, undefined> {
    return this.#client.watch(this.id, options);
  }

  /**
   * Waits for its result. Throws a {@link TasksError}: `task_failed` when it failed or was cancelled, with the reason;
   * `timeout` when it has not ended in time; `invalid_result` when a worker of another version made a result of another shape.
   */
  async result(options: WaitOptions = {}): Promise<TaskResult<Task>> {
    const record = await this.#client.wait(this.id, options);
    if (record.state === "succeeded") return this.#parse(record.result);
    if (isFinal(record.state)) {
      const reason = record.error?.message ?? record.state;
      throw new TasksError("task_failed", `${this.id}: ${reason}`, { cause: record.error });
    }
    throw new TasksError("timeout", `${this.id} is still ${record.state}`);
  }

  #parse(result: unknown): TaskResult<Task> {
    const parsed = this.#task.result.safeParse(result);
    if (parsed.success) return parsed.data as TaskResult<Task>;
    throw new TasksError("invalid_result", `${this.id}: ${z.prettifyError(parsed.error)}`);
  }
}
