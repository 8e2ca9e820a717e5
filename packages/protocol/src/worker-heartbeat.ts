import * as z from "zod";

/** How often a worker says that it is there. */
export const heartbeatIntervalMs = 5_000;

/** How long after its last heartbeat a worker counts as gone. */
export const heartbeatTtlMs = 15_000;

/** A sign of life: the value stored under `<service>.<instance>` in the `workers` bucket. */
export const workerHeartbeatSchema = z.object({
  service: z.string(),
  instance: z.string(),
  /** The names of the tasks it runs. */
  tasks: z.array(z.string()),
  /** How many tasks it runs at once. */
  slots: z.int(),
  /** How many run now. */
  running: z.int(),
  started_at: z.iso.datetime(),
  seen_at: z.iso.datetime(),
});

/** A worker's sign of life: what it runs, how much at once, how much now. */
export type WorkerHeartbeat = z.infer<typeof workerHeartbeatSchema>;
