import { lanes, taskRecordSchema, taskStates, workerHeartbeatSchema } from "@linecook/protocol";
import * as z from "zod";
import { problems } from "../problems.ts";

const integer = { type: "integer", minimum: 0 };
const text = { type: "string" };

/** The schemas that the OpenAPI document refers to. */
export function componentSchemas(): Record<string, object> {
  return {
    TaskRecord: jsonSchema(taskRecordSchema),
    Worker: jsonSchema(workerHeartbeatSchema),
    Accepted: {
      type: "object",
      required: ["task_id", "state"],
      properties: { task_id: text, state: { enum: [...taskStates] } },
    },
    Queue: {
      type: "object",
      required: ["task", "lane", "waiting", "in_flight"],
      properties: {
        task: text,
        lane: { enum: [...lanes] },
        waiting: { ...integer, description: "Tasks that wait for a worker." },
        in_flight: { ...integer, description: "Tasks that are with a worker." },
        oldest_age_ms: { ...integer, description: "How long the first of those that wait has waited." },
      },
    },
    Problem: {
      type: "object",
      description: "RFC 9457 problem details.",
      required: ["type", "title", "status", "detail", "code"],
      properties: {
        type: { type: "string", format: "uri" },
        title: text,
        status: { type: "integer" },
        detail: text,
        instance: text,
        code: { enum: Object.keys(problems) },
        trace_id: { ...text, description: "The W3C trace id, when the request is traced." },
        errors: {
          type: "array",
          items: {
            type: "object",
            required: ["message"],
            properties: {
              pointer: { ...text, description: "Where in the body: a JSON pointer." },
              parameter: { ...text, description: "Which parameter of the path or query." },
              message: text,
            },
          },
        },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}
