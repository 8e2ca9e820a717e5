export { headers } from "./headers.ts";
export { lanes } from "./lane.ts";
export { ProtocolError } from "./protocol-error.ts";
export {
  artifactName,
  attemptMessageId,
  bucketStream,
  bucketSubject,
  consumerFilter,
  consumerName,
  deadSubject,
  eventSubject,
  eventsSubject,
  laterSubject,
  laterSubjectAnyLane,
  names,
  objectSubject,
  parseTaskSubject,
  recordSubject,
  recordsSubject,
  storeStream,
  taskIdOfSubject,
  taskSubject,
  taskSubjectAnyLane,
  workerKey,
} from "./subjects.ts";
export { defineTask } from "./task-definition.ts";
export { newTaskId, parseTaskId, taskIdFrom, taskIdParts, taskIdPattern } from "./task-id.ts";
export { isTaskName, taskNamePattern } from "./task-name.ts";
export {
  finalStates,
  isFinal,
  isInstant,
  parseTaskRecord,
  taskRecordSchema,
  taskStates,
} from "./task-record.ts";
export { describeTask, taskTypeSchema } from "./task-type.ts";
export { consumerPlans, inputHeadroomBytes, resultTtlMs, streamPlans } from "./topology.ts";
export { heartbeatIntervalMs, heartbeatTtlMs, workerHeartbeatSchema } from "./worker-heartbeat.ts";

export type { Lane } from "./lane.ts";
export type { ProtocolErrorCode } from "./protocol-error.ts";
export type {
  Backoff,
  ParsedInput,
  TaskDefinition,
  TaskInput,
  TaskOptions,
  TaskResult,
} from "./task-definition.ts";
export type { TaskIdParts } from "./task-id.ts";
export type { FinalState, TaskError, TaskProgress, TaskRecord, TaskState } from "./task-record.ts";
export type { TaskType } from "./task-type.ts";
export type { ConsumerPlan, StreamPlan } from "./topology.ts";
export type { WorkerHeartbeat } from "./worker-heartbeat.ts";
