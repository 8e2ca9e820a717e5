import type { ErrorObject } from "ajv";
import type { FieldError } from "./problem.ts";

const mostErrors = 50;

/** Names each field that a schema refuses, by a JSON pointer that begins with `prefix`. */
export function fieldErrors(errors: readonly ErrorObject[], prefix: string): FieldError[] {
  const named = errors.slice(0, mostErrors).map((error) => ({
    pointer: `${prefix}${error.instancePath}${missingPart(error)}`,
    message: messageOf(error),
  }));
  return named.length < errors.length
    ? [...named, { pointer: prefix, message: `has ${errors.length - named.length} more errors` }]
    : named;
}

/** Errors of an object speak of one of its members; the pointer names that one. */
function missingPart({ keyword, params }: ErrorObject): string {
  const member: unknown =
    keyword === "required"
      ? params["missingProperty"]
      : (params["additionalProperty"] ?? params["unevaluatedProperty"]);
  return typeof member === "string" ? `/${member.replaceAll("~", "~0").replaceAll("/", "~1")}` : "";
}

function messageOf({ keyword, params, message = "is not valid" }: ErrorObject): string {
  switch (keyword) {
    case "required":
      return "is missing";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not known";
    case "enum":
      return `must be one of ${JSON.stringify(params["allowedValues"])}`;
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`;
    default:
      return message;
  }
}
