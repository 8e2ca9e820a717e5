import * as z from "zod";

/** How often a worker says that it is there. */
export const heartbeatIntervalMs = 5_000;

/** How long after its last heartbeat a worker counts as gone. */
export const heartbeatTtlMs = 15_000;

/** A sign of life: the value stored under `<service>.<instance>` in the `workers` bucket. */
export const workerHeartbeatSchema = z.object({
  service: z.string().describe("The service it belongs to."),
  instance: z.string().describe("What tells it apart from others of its service."),
  tasks: z.array(z.string()).describe("The names of the tasks it runs."),
  slots: z.int().min(1).describe("How many tasks it runs at once."),
  running: z.int().min(0).describe("How many run now."),
  started_at: z.iso.datetime().describe("When it started."),
  seen_at: z.iso.datetime().describe("When it said this."),
});

/** A worker's sign of life: what it runs, how much at once, how much now. */
export type WorkerHeartbeat = z.infer<typeof workerHeartbeatSchema>;
