import type { TaskType } from "@linecook/protocol";
import type { TaskClient } from "@linecook/tasks";
import type { Logger } from "@linecook/telemetry";
import { ask } from "./ask.ts";
import { compileCheck, type InputCheck } from "./input-check.ts";
import { recently } from "./recently.ts";

/** A task that workers say they can run. */
export interface KnownTask {
  readonly type: TaskType;
  /** Checks an input; absent when the schema cannot be compiled. */
  readonly check?: InputCheck;
}

/** News is told before it is stored; and it may not come at all: it is looked for again. */
const storedAfterMs = 100;
const lookAgainMs = 30_000;
const askedForAtMostEveryMs = 500;

/** The tasks that can be submitted, as workers publish them. It follows what they publish, without a restart. */
export class KnownTasks implements Disposable {
  readonly #types: Pick<TaskClient["types"], "list" | "onChange">;
  readonly #logger: Logger;
  readonly #news: Disposable;
  readonly #refresher: NodeJS.Timeout;
  readonly #reloadSoon: () => Promise<void>;
  #soon: NodeJS.Timeout | undefined;
  #tasks: ReadonlyMap<string, KnownTask> = new Map();

  constructor(types: Pick<TaskClient["types"], "list" | "onChange">, logger: Logger) {
    this.#types = types;
    this.#logger = logger;
    this.#reloadSoon = recently(askedForAtMostEveryMs, () => this.reload());
    this.#news = types.onChange(() => {
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => this.#refresh(), storedAfterMs);
    });
    this.#refresher = setInterval(() => this.#refresh(), lookAgainMs);
  }

  /** All of them, as one value that is replaced when any changes. */
  get all(): ReadonlyMap<string, KnownTask> {
    return this.#tasks;
  }

  /** A task by its name. One that is not known yet is looked for once more. */
  async find(name: string): Promise<KnownTask | undefined> {
    if (!this.#tasks.has(name)) await this.#reloadSoon();
    return this.#tasks.get(name);
  }

  /** Reads them anew. Throws a `Problem` when NATS cannot be asked. */
  async reload(): Promise<void> {
    const types = await ask(this.#types.list());
    const tasks = new Map(types.map((type) => [type.task, this.#known(type)]));
    const changed = [...tasks].some(([name, task]) => this.#tasks.get(name) !== task);
    if (changed || tasks.size !== this.#tasks.size) this.#tasks = tasks;
  }

  [Symbol.dispose](): void {
    this.#news[Symbol.dispose]();
    clearTimeout(this.#soon);
    clearInterval(this.#refresher);
  }

  #refresh(): void {
    this.reload().catch((error: unknown) => {
      this.#logger.debug({ err: error }, "task types could not be read; they will be read again");
    });
  }

  #known(type: TaskType): KnownTask {
    const { task, version } = type;
    const before = this.#tasks.get(task);
    try {
      if (before !== undefined && JSON.stringify(before.type) === JSON.stringify(type)) return before;
      const check = compileCheck(type.input_schema, "/input");
      this.#logger.info({ task, version }, "task type known");
      return { type, check };
    } catch (err) {
      this.#logger.error({ task, version, err }, "input schema cannot be compiled: submissions are refused");
      return { type };
    }
  }
}
