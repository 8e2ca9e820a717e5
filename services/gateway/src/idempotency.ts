import { createHash } from "node:crypto";
import { taskIdFrom } from "@linecook/protocol";
import { Problem } from "./problem.ts";

const longestKey = 255;

/**
 * The id of a submission that carries an `Idempotency-Key`: the same for the same task, key and input, on any gateway.
 * The input is part of it, so a key that is reused for something else neither loses that nor gives away the first;
 * who can make the id knows all that the task was told.
 */
export function idempotentTaskId(task: string, key: string, input: string): string {
  if (key.length < 1 || key.length > longestKey) {
    throw new Problem("bad_header", { detail: `Idempotency-Key: expected 1 to ${longestKey} characters.` });
  }
  const digest = createHash("sha256")
    .update(JSON.stringify([task, key, input]))
    .digest("hex");
  return taskIdFrom(task, BigInt(`0x${digest}`));
}
