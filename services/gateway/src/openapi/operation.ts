import { type ProblemCode, problems, problemType } from "../problems.ts";

/** What the OpenAPI document says of a route: an Operation Object. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: readonly string[];
  parameters?: readonly object[];
  requestBody?: object;
  responses: Readonly<Record<string, object>>;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** A route without one is not in the OpenAPI document. */
    operation?: Operation;
  }
}

/** A parameter of the path. */
export function pathParameter(name: string, description: string, schema: object = { type: "string" }) {
  return { name, in: "path", required: true, description, schema };
}

/** A header or a parameter of the query that can be left out. */
export function optional(where: "header" | "query", name: string, description: string, schema: object) {
  return { name, in: where, description, schema };
}

/** An answer in JSON. */
export function json(description: string, schema: object) {
  return { description, content: { "application/json": { schema } } };
}

/** The problems that a route can answer with, by their status. */
export function problemResponses(...codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => String(problems[code].status));
  const responses = [...byStatus].map(([status, ofStatus]) => {
    const description = ofStatus.map((code) => `\`${code}\`: ${problems[code].title}.`).join(" ");
    return [status, { description, content: { [problemType]: { schema: reference("Problem") } } }] as const;
  });
  return Object.fromEntries(responses);
}

/** A reference to one of the document's schemas. */
export function reference(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}
