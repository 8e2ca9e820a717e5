import { defineTask } from "@linecook/protocol";
import * as z from "zod";

/** The task of the benchmarks: it does nothing, so that what is measured is the engine. */
export const noop = defineTask({
  name: "bench_noop",
  description: "Does nothing.",
  input: z.strictObject({ number: z.int(), text: z.string().max(200) }),
  result: z.object({ number: z.int() }),
});

/** An input of a realistic small size. */
export const noopInput = (number: number) => ({ number, text: "shipments of the last quarter, by carrier" });
