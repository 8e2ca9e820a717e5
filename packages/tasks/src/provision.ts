import { consumerPlans, type StreamPlan, streamPlans } from "@linecook/protocol";
import {
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { provisionConsumer } from "./provision-consumer.ts";
import { isRefusedFor } from "./server-codes.ts";
import { TasksError } from "./tasks-error.ts";

/** What `provision` can be told. */
export interface ProvisionOptions {
  /** The tasks whose consumers must be there. @default none */
  tasks?: readonly { name: string; ackWaitMs: number }[];
  /** Copies of every stream: 1 on a single server, 3 on a cluster. @default as many as it has; 1 when it is made */
  replicas?: number;
}

/** What `provision` did to one stream or consumer. */
export interface ProvisionChange {
  name: string;
  change: "created" | "updated" | "unchanged";
  /** The settings that were not as planned: `max_age: 0 → 60000000000`. */
  details: string[];
}

/**
 * Brings streams, buckets, stores and consumers to the planned topology, and says what it changed.
 * Calling it again changes nothing; two callers at once do no harm.
 * Throws a {@link TasksError} `shrinks_data` when a plan would drop what a stream holds: nothing of it is changed then.
 */
export async function provision(
  connection: NatsConnection,
  options: ProvisionOptions = {},
): Promise<ProvisionChange[]> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const changes: ProvisionChange[] = [];
  for (const plan of streamPlans) {
    changes.push(await provisionStream(manager, streamConfig(plan, options.replicas)));
  }
  for (const task of options.tasks ?? []) {
    for (const plan of consumerPlans(task)) changes.push(await provisionConsumer(manager, plan));
  }
  return changes;
}

type PlannedConfig = Partial<StreamConfig> & { name: string; subjects: string[] };

const nanos = (ms: number): number => ms * 1_000_000;

function streamConfig(plan: StreamPlan, replicas: number | undefined): PlannedConfig {
  return {
    name: plan.name,
    description: plan.purpose,
    subjects: [...plan.subjects],
    retention: plan.retention === "workqueue" ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    ...(replicas !== undefined && { num_replicas: replicas }),
    max_age: nanos(plan.maxAgeMs),
    max_msgs_per_subject: plan.perSubject === 0 ? -1 : plan.perSubject,
    // A bucket refuses what does not fit; a stream with schedules cannot (server error 10052).
    discard: plan.kind === "stream" ? DiscardPolicy.Old : DiscardPolicy.New,
    duplicate_window: nanos(plan.dedupeMs),
    allow_direct: true,
    allow_rollup_hdrs: plan.schedules || plan.kind !== "stream",
    deny_delete: plan.kind === "bucket",
    allow_msg_schedules: plan.schedules,
    allow_msg_ttl: plan.messageTtl,
    ...(plan.republish && { republish: { src: plan.republish.from, dest: plan.republish.to } }),
  };
}

async function provisionStream(manager: JetStreamManager, planned: PlannedConfig): Promise<ProvisionChange> {
  const { name } = planned;
  const found = await streamInfo(manager, name);
  if (found === undefined) {
    await createStream(manager, planned);
    return { name, change: "created", details: [] };
  }
  const details = differences(planned, found.config);
  if (details.length === 0) return { name, change: "unchanged", details };
  refuseToShrink(planned, found);
  await manager.streams.update(name, planned);
  return { name, change: "updated", details };
}

async function streamInfo(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (isRefusedFor(error, "noStream")) return undefined;
    throw error;
  }
}

async function createStream(manager: JetStreamManager, planned: PlannedConfig): Promise<void> {
  try {
    await manager.streams.add(planned);
  } catch (error) {
    // Somebody else made it in between, with what was then the plan.
    if (isRefusedFor(error, "streamExists")) return;
    throw error;
  }
}

function differences(planned: PlannedConfig, found: StreamConfig): string[] {
  return Object.entries(planned).flatMap(([key, value]) => {
    const present = found[key as keyof StreamConfig];
    if (same(value, present)) return [];
    return [`${key}: ${JSON.stringify(present)} → ${JSON.stringify(value)}`];
  });
}

function same(planned: unknown, present: unknown): boolean {
  if (typeof planned === "object") return JSON.stringify(planned) === JSON.stringify(present);
  // The server leaves out what is false, 0 or empty.
  return planned === present || (!planned && !present);
}

function refuseToShrink(planned: PlannedConfig, found: StreamInfo): void {
  if (found.state.messages === 0) return;
  const config = found.config;
  const shrinks: string[] = [];
  const lower = (key: "max_age" | "max_msgs_per_subject", unlimited: (value: number) => boolean) => {
    const [before, after] = [config[key] ?? 0, planned[key] ?? 0];
    if (!unlimited(after) && (unlimited(before) || after < before))
      shrinks.push(`${key} ${before} → ${after}`);
  };
  lower("max_age", (value) => value === 0);
  lower("max_msgs_per_subject", (value) => value <= 0);
  const dropped = config.subjects.filter((subject) => !planned.subjects.includes(subject));
  if (dropped.length > 0) shrinks.push(`subjects without ${dropped.join(", ")}`);
  if (shrinks.length === 0) return;
  throw new TasksError(
    "shrinks_data",
    `stream ${planned.name} holds ${found.state.messages} messages and the plan would drop some: ${shrinks.join("; ")}. ` +
      "Empty the stream first, or run the version that made it",
  );
}
