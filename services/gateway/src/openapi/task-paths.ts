import type { TaskType } from "@linecook/protocol";
import { type InputCheck, isSchema } from "../input-check.ts";
import type { KnownTask } from "../known-tasks.ts";
import { submitOperation } from "../routes/submit-task.ts";
import { submissionSchema } from "../submission.ts";
import { type Operation, reference } from "./operation.ts";
import { sampleOf } from "./sample.ts";

/** What the document says of one task: how to submit it, with the schemas that its worker published. */
export function describeKnownTask({ type, check }: KnownTask): {
  operation: Operation;
  schemas: Record<string, object>;
} {
  const input = `${type.task}.input`;
  const result = `${type.task}.result`;
  const { properties, ...submission } = submissionSchema;
  const schema = { ...submission, properties: { ...properties, input: reference(input) } };
  return {
    operation: {
      ...submitOperation,
      operationId: `submit_${type.task}`,
      summary: `Submit ${type.task}`,
      description: describe(type, result),
      tags: ["submit"],
      parameters: submitOperation.parameters.filter((parameter) => parameter.in !== "path"),
      requestBody: { required: true, content: { "application/json": { schema, ...exampleOf(type, check) } } },
    },
    schemas: {
      [input]: check === undefined ? {} : component(input, type.input_schema),
      [result]: isSchema(type.result_schema) ? component(result, type.result_schema) : {},
    },
  };
}

/** Something to begin from, if the task would accept it. */
function exampleOf({ input_schema }: TaskType, check: InputCheck | undefined): { example?: object } {
  if (check === undefined) return {};
  try {
    const input = sampleOf(input_schema);
    return check(input).length === 0 ? { example: { input } } : {};
  } catch {
    // A schema that refers to nothing but itself has no end; the other tasks are shown all the same.
    return {};
  }
}

function describe({ description, version, defaults }: TaskType, result: string): string {
  const { attempts, timeout_ms, lane } = defaults;
  const rules = `Version ${version}; ${attempts} attempts of at most ${timeout_ms / 1_000} s; lane ${lane}.`;
  return [description, rules, `Its result: \`#/components/schemas/${result}\`.`].filter(Boolean).join("\n\n");
}

/** A schema as a part of the document: what it refers to within itself lies deeper there. */
function component(name: string, { $schema: _, $id: __, ...schema }: Record<string, unknown>): object {
  return moved(schema, `#/components/schemas/${name}`) as object;
}

function moved(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, root));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const isOwn = key === "$ref" && typeof item === "string" && item.startsWith("#");
    return [key, isOwn ? root + item.slice(1) : moved(item, root)] as const;
  });
  return Object.fromEntries(entries);
}
