type Schema = Readonly<Record<string, unknown>>;

const texts: Readonly<Record<string, string>> = {
  date: "2026-01-01",
  "date-time": "2026-01-01T00:00:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  uuid: "8e03978e-40d5-43dd-bc93-6894a57f9324",
};

/** A small value to begin from: what a schema requires, and no more. It is a guess, to be checked. */
export function sampleOf(schema: Schema): unknown {
  const [given] = [schema["examples"], schema["enum"]]
    .filter(Array.isArray)
    .map(([first]) => first as unknown);
  for (const known of [given, schema["const"], schema["default"]]) if (known !== undefined) return known;
  const [choice] = [schema["anyOf"], schema["oneOf"]].filter(Array.isArray).map(([first]) => first as Schema);
  if (choice !== undefined) return sampleOf(choice);
  switch (schema["type"]) {
    case "object":
      return sampleObject(schema);
    case "array":
      return Number(schema["minItems"] ?? 0) > 0 ? [sampleOf((schema["items"] ?? {}) as Schema)] : [];
    case "string":
      return texts[String(schema["format"])] ?? "text";
    case "integer":
    case "number":
      return Math.max(1, Number(schema["minimum"] ?? 1));
    case "boolean":
      return true;
    default:
      return null;
  }
}

function sampleObject(schema: Schema): unknown {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {})]));
}
