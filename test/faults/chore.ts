import { defineTask } from "@linecook/protocol";
import * as z from "zod";

/** The task of the fault tests: it takes as long as it is told, and leaves off when it is asked to. */
export const chore = defineTask({
  name: "fault_chore",
  description: "Takes as long as it is told.",
  input: z.strictObject({ ms: z.int().min(0).max(60_000) }),
  result: z.object({ ms: z.int() }),
  ackWaitMs: 2_000,
});
