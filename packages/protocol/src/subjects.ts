import { isLane, type Lane } from "./lane.ts";
import { type TaskIdParts, taskIdParts } from "./task-id.ts";

/** The names of streams, buckets and stores. */
export const names = {
  tasks: "TASKS",
  dead: "DEAD",
  taskState: "task_state",
  taskTypes: "task_types",
  workers: "workers",
  artifacts: "artifacts",
} as const;

/** The stream behind a KV bucket (ADR-8 of NATS). */
export function bucketStream(bucket: string): string {
  return `KV_${bucket}`;
}

/** The stream behind an object store (ADR-20 of NATS). */
export function storeStream(store: string): string {
  return `OBJ_${store}`;
}

/** The subjects of an object store's chunks: of one object, by the id of its content, or of all. */
export function objectSubject(store: string, nuid = ">"): string {
  return `$O.${store}.C.${nuid}`;
}

/** The subjects of a bucket's keys: of one, or of all. */
export function bucketSubject(bucket: string, key = ">"): string {
  return `$KV.${bucket}.${key}`;
}

/** The key of a worker's heartbeat: service and instance, each as one token. It names the worker in task records too. */
export function workerKey(service: string, instance: string): string {
  return `${token(service)}.${token(instance)}`;
}

const longestToken = 100;

function token(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, longestToken) || "_";
}

/** The subject on which a task waits for a worker. */
export function taskSubject(id: string, lane: Lane): string {
  const { task, uid } = taskIdParts(id);
  return `task.${task}.${lane}.${uid}`;
}

/** Every subject on which a task could wait for a worker, whatever its lane. */
export function taskSubjectAnyLane(id: string): string {
  const { task, uid } = taskIdParts(id);
  return `task.${task}.*.${uid}`;
}

/** The subject that holds a task until the server moves it to {@link taskSubject}. */
export function laterSubject(id: string, lane: Lane): string {
  const { task, uid } = taskIdParts(id);
  return `later.${task}.${lane}.${uid}`;
}

/** Every subject that could hold a task for later, whatever its lane. */
export function laterSubjectAnyLane(id: string): string {
  const { task, uid } = taskIdParts(id);
  return `later.${task}.*.${uid}`;
}

/** The key of a task's record in the `task_state` bucket. */
export function recordKey(id: string): string {
  const { task, uid } = taskIdParts(id);
  return `${task}.${uid}`;
}

/** The subject to which a task's record is written: its key in the bucket. */
export function recordSubject(id: string): string {
  return bucketSubject(names.taskState, recordKey(id));
}

/** The subject on which stored records of one task are republished. */
export function eventSubject(id: string): string {
  return `event.task.${recordKey(id)}`;
}

/** The subject on which stored records are republished: of all tasks, or of those of one name. */
export function eventsSubject(task?: string): string {
  return task === undefined ? "event.task.>" : `event.task.${task}.*`;
}

/** The records of all tasks, or of those of one name, as subjects of the bucket's stream. */
export function recordsSubject(task?: string): string {
  return bucketSubject(names.taskState, task === undefined ? ">" : `${task}.*`);
}

/** The task id a record or event subject speaks of: its last two tokens. */
export function taskIdOfSubject(subject: string): string {
  const [uid = "", task = ""] = subject.split(".").reverse();
  return `${task}-${uid}`;
}

/** The subject that keeps a dead letter. The parts come from the message as it was, which may carry no valid id. */
export function deadSubject({ task, uid }: TaskIdParts): string {
  return `dead.${task}.${uid}`;
}

/** What a task message's subject says, or `undefined` when it is no such subject. */
export function parseTaskSubject(subject: string): (TaskIdParts & { lane: Lane }) | undefined {
  const [kind, task, lane, uid, ...rest] = subject.split(".");
  if (kind !== "task" || task === undefined || lane === undefined || uid === undefined) return undefined;
  if (rest.length > 0 || !isLane(lane)) return undefined;
  return { task, lane, uid };
}

/** The durable pull consumer of one task and lane. */
export function consumerName(task: string, lane: Lane): string {
  return `${task}-${lane}`;
}

/** The subjects that one consumer takes from. */
export function consumerFilter(task: string, lane: Lane): string {
  return `task.${task}.${lane}.*`;
}

/** `Nats-Msg-Id` of one attempt of a task. */
export function attemptMessageId(id: string, attempt: number): string {
  return `${id}.${attempt}`;
}

/** The name of a task's file in the `artifacts` store. */
export function artifactName(id: string, file: string): string {
  return `${id}/${file}`;
}
