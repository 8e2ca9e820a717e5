import { deadSubject, headers as header, type TaskError } from "@linecook/protocol";
import { injectContext } from "@linecook/telemetry";
import { headers as newHeaders } from "nats";
import type { Delivery } from "./delivery.ts";
import type { Publisher } from "./publisher.ts";

const longestReason = 1_000;

/** Keeps a task that failed for good: its input as it came, and why, in headers. Keeping it twice keeps it once. */
export async function keepDeadLetter(
  publisher: Publisher,
  delivery: Delivery,
  why: { attempt: number; error: TaskError; failedAt: string },
  body: Uint8Array | string = delivery.body,
): Promise<void> {
  const carrier = newHeaders();
  carrier.set(header.attempt, String(why.attempt));
  carrier.set(header.submittedAt, delivery.submittedAt);
  carrier.set(header.lane, delivery.lane);
  carrier.set(header.failedAt, why.failedAt);
  carrier.set(header.errorCode, oneLine(why.error.code));
  carrier.set(header.error, oneLine(why.error.message));
  injectContext(carrier);
  await publisher.publish(deadSubject(delivery), body, { headers: carrier });
}

/** A header is one line of printable characters. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, longestReason);
}
