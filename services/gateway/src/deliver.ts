import type { TaskEvent } from "@linecook/tasks";
import { endSpan, extractContext, isTracing, startDeliverSpan } from "@linecook/telemetry";

/** Records that a client that waits is told of an update: where a traced task ends. */
export function traceDelivery({ record, headers }: TaskEvent): void {
  if (!isTracing() || headers === undefined) return;
  const { task, task_id: taskId, state } = record;
  endSpan(startDeliverSpan({ task, taskId, state }, extractContext(headers)));
}
