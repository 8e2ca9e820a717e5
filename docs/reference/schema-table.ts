import { code, markdownTable } from "./markdown-table.ts";

/** As much of a JSON Schema as ours need. */
interface Schema {
  type?: string;
  description?: string;
  format?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

/** The fields of an object's JSON Schema, those of objects within it too. */
export function schemaTable(schema: object): string {
  return markdownTable(["field", "value", "always", "meaning"], [...rows(schema, "")]);
}

function* rows(schema: Schema, prefix: string): Generator<string[]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const always = schema.required?.includes(name) ? "yes" : "";
    yield [code(prefix + name), shapeOf(field), always, field.description ?? ""];
    yield* rows(field, `${prefix}${name}.`);
  }
}

function shapeOf(field: Schema): string {
  if (field.enum !== undefined) return field.enum.map(code).join(", ");
  if (field.format === "date-time") return "RFC 3339";
  if (field.type === "array") return `array of ${shapeOf(field.items ?? {})}`;
  const bounds = [
    ...(field.minimum === undefined ? [] : [`at least ${field.minimum}`]),
    ...(hasMaximum(field) ? [`at most ${field.maximum}`] : []),
    ...(field.maxLength === undefined ? [] : [`at most ${field.maxLength} characters`]),
  ];
  return [field.type ?? "any JSON", ...bounds].join(", ");
}

/** Every whole number has the largest safe one as its maximum: that tells nobody anything. */
function hasMaximum({ maximum }: Schema): boolean {
  return maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER;
}
