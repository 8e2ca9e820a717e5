import { type Lane, lanes } from "@linecook/protocol";
import { compileCheck } from "./input-check.ts";
import type { KnownTask } from "./known-tasks.ts";
import { type FieldError, Problem } from "./problem.ts";

const longestDelayMs = 366 * 86_400_000;

/** What a submission looks like, apart from its input (JSON Schema). */
export const submissionSchema = {
  type: "object",
  required: ["input"],
  additionalProperties: false,
  properties: {
    input: {},
    priority: { enum: [...lanes], description: "The lane. The task's own if absent." },
    delay_ms: {
      type: "integer",
      minimum: 0,
      maximum: longestDelayMs,
      description: "Run it so much later. Not together with run_at.",
    },
    run_at: {
      type: "string",
      format: "date-time",
      description:
        "Run it not before this time (RFC 3339), at most 366 days ahead. Not together with delay_ms.",
    },
  },
};

/** What is submitted: checked, and ready for the engine. */
export interface Submission {
  input: unknown;
  lane: Lane;
  /** Absent: at once. */
  runAt?: Date;
}

interface Body {
  input: unknown;
  priority?: Lane;
  delay_ms?: number;
  run_at?: string;
}

const checkBody = compileCheck(submissionSchema);

/** Reads the body of a submission. Throws a `Problem` that names each bad field. */
export function readSubmission(task: KnownTask, body: unknown): Submission {
  const name = task.type.task;
  const wrong = checkBody(body);
  if (wrong.length > 0) throw invalid(name, wrong);
  const { input, priority, delay_ms, run_at } = body as Body;
  checkInput(task, input);
  const lane = priority ?? task.type.defaults.lane;
  if (delay_ms === undefined && run_at === undefined) return { input, lane };
  const runAt = startTime(name, delay_ms, run_at);
  return runAt === undefined ? { input, lane } : { input, lane, runAt };
}

/** Checks an input against the schema that its worker published. Throws a `Problem`. */
function checkInput(task: KnownTask, input: unknown): void {
  if (task.check === undefined) throw new Problem("broken_schema");
  const wrong = task.check(input);
  if (wrong.length > 0) throw invalid(task.type.task, wrong);
}

function startTime(name: string, delayMs: number | undefined, runAt: string | undefined): Date | undefined {
  if (delayMs !== undefined && runAt !== undefined) {
    throw invalid(name, [{ pointer: "/run_at", message: "must not be given together with delay_ms" }]);
  }
  const now = Date.now();
  const time = runAt === undefined ? now + (delayMs ?? 0) : Date.parse(runAt);
  if (!(time <= now + longestDelayMs)) {
    throw invalid(name, [{ pointer: "/run_at", message: "must be a time within the next 366 days" }]);
  }
  return time > now ? new Date(time) : undefined;
}

function invalid(name: string, errors: readonly FieldError[]): Problem {
  const count = new Set(errors.map(({ pointer }) => pointer)).size;
  const fields = count === 1 ? "1 field is" : `${count} fields are`;
  return new Problem("invalid_input", { detail: `${name}: ${fields} wrong.`, errors });
}
