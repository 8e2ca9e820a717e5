/** A line that a service logged; one that is no JSON, such as the words of a crash, is a line of level `error`. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Reads a line of a service's output. */
export function parseLogLine(text: string): LogLine {
  const fields = parseObject(text);
  if (typeof fields?.["msg"] !== "string") return { level: "error", msg: text };
  const level = typeof fields["level"] === "string" ? fields["level"] : "info";
  return { ...fields, level, msg: fields["msg"] };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
