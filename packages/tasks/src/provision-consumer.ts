import type { ConsumerPlan } from "@linecook/protocol";
import { AckPolicy, type ConsumerConfig, type JetStreamManager } from "@nats-io/jetstream";
import type { ProvisionChange } from "./provision.ts";
import { isRefusedFor } from "./server-codes.ts";

/** Brings one durable pull consumer to its plan. */
export async function provisionConsumer(
  manager: JetStreamManager,
  plan: ConsumerPlan,
): Promise<ProvisionChange> {
  const planned = {
    durable_name: plan.name,
    filter_subject: plan.filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: plan.ackWaitMs * 1_000_000,
    // Workers count attempts themselves; what a worker does not pull does not count as pending.
    max_deliver: -1,
    max_ack_pending: -1,
    max_waiting: 4_096,
  };
  const found = await consumerConfig(manager, plan);
  if (found === undefined) {
    await manager.consumers.add(plan.stream, planned);
    return { name: plan.name, change: "created", details: [] };
  }
  const details = (["filter_subject", "ack_wait", "max_deliver", "max_ack_pending"] as const).flatMap(
    (key) => (found[key] === planned[key] ? [] : [`${key}: ${found[key]} → ${planned[key]}`]),
  );
  if (details.length === 0) return { name: plan.name, change: "unchanged", details };
  await manager.consumers.update(plan.stream, plan.name, planned);
  return { name: plan.name, change: "updated", details };
}

async function consumerConfig(
  manager: JetStreamManager,
  plan: ConsumerPlan,
): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(plan.stream, plan.name)).config;
  } catch (error) {
    if (isRefusedFor(error, "noConsumer")) return undefined;
    throw error;
  }
}
