import type { TaskProgress } from "@linecook/protocol";
import type { Logger } from "@linecook/telemetry";
import type { Artifact, ArtifactData, ArtifactOptions } from "./artifacts.ts";

/** What a handler knows of its attempt, and what it can do beside returning a result. */
export interface TaskContext {
  readonly taskId: string;
  readonly task: string;
  /** Which run of this task it is; the first is 1. */
  readonly attempt: number;
  /** When the task was submitted, by its submitter's clock; the same on every attempt. */
  readonly submittedAt: Date;
  /** Aborts when the attempt timed out, when another worker has the task, or when this worker stops. */
  readonly signal: AbortSignal;
  /** Lines of this logger carry the task's id and the attempt. */
  readonly logger: Logger;
  /** Says how far the task is. The latest word is stored, at most every 100 ms; it never throws. */
  progress(progress: TaskProgress): void;
  /** Keeps a file for the result TTL; who knows the task id can fetch it. An attempt that runs again replaces it. */
  putArtifact(file: string, data: ArtifactData, options?: ArtifactOptions): Promise<Artifact>;
}
