import { type Lane, lanes } from "./lane.ts";
import {
  bucketStream,
  bucketSubject,
  consumerFilter,
  consumerName,
  names,
  objectSubject,
  storeStream,
} from "./subjects.ts";
import { heartbeatTtlMs } from "./worker-heartbeat.ts";

/** One stream as it must be on the server; a KV bucket and an object store are streams too. Times in ms. */
export interface StreamPlan {
  readonly name: string;
  readonly kind: "stream" | "bucket" | "object store";
  readonly purpose: string;
  readonly subjects: readonly string[];
  readonly retention: "workqueue" | "limits";
  /** How long a message is kept; 0: until it is taken or replaced. */
  readonly maxAgeMs: number;
  /** How many messages a subject keeps; 0: all. */
  readonly perSubject: number;
  /** Messages with an id already seen within this time are not stored again. */
  readonly dedupeMs: number;
  /** Messages may hold a schedule, which the server fires. */
  readonly schedules: boolean;
  /** A message may say how long it is kept. */
  readonly messageTtl: boolean;
  /** Where every stored message is published again. */
  readonly republish?: { readonly from: string; readonly to: string };
}

/** One durable pull consumer as it must be on the server. */
export interface ConsumerPlan {
  readonly name: string;
  readonly stream: string;
  readonly filter: string;
  readonly ackWaitMs: number;
}

const day = 86_400_000;

/** How long a final record and the files of a task are kept. */
export const resultTtlMs: number = day;

/** How long a dead letter is kept. */
const deadLetterTtlMs = 30 * day;

/**
 * How much smaller than the server's largest message an input must be, in bytes: its retries and its dead letter carry
 * more headers than its submission.
 */
export const inputHeadroomBytes = 8_192;

const plain = { perSubject: 0, dedupeMs: 120_000, schedules: false, messageTtl: false } as const;
const bucket = {
  kind: "bucket",
  retention: "limits",
  perSubject: 1,
  dedupeMs: 120_000,
  schedules: false,
} as const;

/** Every stream, bucket and store of the system. Storage is always a file. */
export const streamPlans: readonly StreamPlan[] = [
  {
    ...plain,
    name: names.tasks,
    kind: "stream",
    purpose: "tasks that wait for a worker, and what the server fires later",
    subjects: ["task.*.*.*", "later.*.*.*", "cron.*"],
    retention: "workqueue",
    maxAgeMs: 0,
    schedules: true,
    messageTtl: true,
  },
  {
    ...plain,
    name: names.dead,
    kind: "stream",
    purpose: "tasks that failed for good, with their input",
    subjects: ["dead.*.*"],
    retention: "limits",
    maxAgeMs: deadLetterTtlMs,
    perSubject: 1,
  },
  {
    ...bucket,
    name: bucketStream(names.taskState),
    purpose: "the record of each task; a final one is kept for the result TTL",
    subjects: [bucketSubject(names.taskState)],
    maxAgeMs: 0,
    messageTtl: true,
    republish: {
      from: bucketSubject(names.taskState, "*.*"),
      to: "event.task.{{wildcard(1)}}.{{wildcard(2)}}",
    },
  },
  {
    ...bucket,
    name: bucketStream(names.taskTypes),
    purpose: "what workers can run: schemas and defaults",
    subjects: [bucketSubject(names.taskTypes)],
    maxAgeMs: 0,
    messageTtl: false,
  },
  {
    ...bucket,
    name: bucketStream(names.workers),
    purpose: "heartbeats of workers, gone when they stop",
    subjects: [bucketSubject(names.workers)],
    maxAgeMs: heartbeatTtlMs,
    dedupeMs: heartbeatTtlMs,
    messageTtl: false,
  },
  {
    ...plain,
    name: storeStream(names.artifacts),
    kind: "object store",
    purpose: "files that tasks made",
    subjects: [objectSubject(names.artifacts), `$O.${names.artifacts}.M.>`],
    retention: "limits",
    maxAgeMs: resultTtlMs,
  },
];

/** The consumers of one task: one for each lane. */
export function consumerPlans(task: { name: string; ackWaitMs: number }): ConsumerPlan[] {
  return lanes.map((lane: Lane) => ({
    name: consumerName(task.name, lane),
    stream: names.tasks,
    filter: consumerFilter(task.name, lane),
    ackWaitMs: task.ackWaitMs,
  }));
}
