import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import type * as z from "zod";

export interface DuckConfig {
  memoryMb: number;
  threads: number;
  /** Where DuckDB puts what does not fit into its memory. */
  tempDirectory: string;
}

type Parameters = Readonly<Record<string, DuckDBValue>>;

/** An in-process DuckDB with bounded memory and threads, shared by the reports of this worker. */
export class Duck implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #spill: string;

  private constructor(instance: DuckDBInstance, spill: string) {
    this.#instance = instance;
    this.#spill = spill;
  }

  static async open(config: DuckConfig): Promise<Duck> {
    // DuckDB makes the folder when it first spills; two processes must not share one.
    const spill = join(config.tempDirectory, `linecook-duckdb-${randomUUID()}`);
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${config.memoryMb}MB`,
      threads: String(config.threads),
      temp_directory: spill,
      // Everything that is needed is built in: never load code from the network.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    return new Duck(instance, spill);
  }

  /** A connection with temporary tables of its own. Aborting the signal interrupts its query. */
  async session(signal?: AbortSignal): Promise<Session> {
    const connection = await this.#instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new Session(connection, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#instance.closeSync();
    await rm(this.#spill, { recursive: true, force: true });
  }
}

/** A connection. It runs one query at a time. */
export class Session implements AsyncDisposable {
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** Runs one or, without parameters, several statements. */
  async run(sql: string, parameters?: Parameters): Promise<void> {
    await this.#interruptible(() => this.#connection.run(sql, parameters));
  }

  /** Runs a query and checks each row against a schema. */
  async rows<Row extends z.ZodType>(
    row: Row,
    sql: string,
    parameters?: Parameters,
  ): Promise<z.output<Row>[]> {
    const reader = await this.#interruptible(() => this.#connection.runAndReadAll(sql, parameters));
    return reader.getRowObjectsJS().map((object) => row.parse(object));
  }

  /** Runs a query of one row and checks it against a schema. */
  async row<Row extends z.ZodType>(row: Row, sql: string, parameters?: Parameters): Promise<z.output<Row>> {
    const [first] = await this.rows(row, sql, parameters);
    if (first === undefined) throw new Error(`no row came back from: ${sql}`);
    return first;
  }

  /** How far the running query is, from 0 to 1; undefined where DuckDB cannot tell. */
  get progress(): number | undefined {
    const { percentage } = this.#connection.progress;
    return percentage < 0 ? undefined : percentage / 100;
  }

  /** Breaks off what runs. To close a connection under a running query would end the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("the DuckDB session is closed"));
    await this.#running.catch(() => {});
    this.#connection.closeSync();
  }

  async #interruptible<T>(query: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([this.#closing.signal, ...(this.#signal ? [this.#signal] : [])]);
    signal.throwIfAborted();
    let again: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.#connection.interrupt();
      // An interrupt that comes before DuckDB has begun is forgotten: say it until it is heard.
      again ??= setInterval(interrupt, 20);
    };
    signal.addEventListener("abort", interrupt);
    try {
      const result = query();
      this.#running = result;
      return await result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", interrupt);
      clearInterval(again);
    }
  }
}

/** A string as an SQL literal, for the few places that take no parameter. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
