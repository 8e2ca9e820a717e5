import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { fieldErrors } from "./field-errors.ts";
import type { FieldError } from "./problem.ts";

/** Says what is wrong with a value: nothing, when it matches its schema. */
export type InputCheck = (value: unknown) => readonly FieldError[];

const nothing: readonly FieldError[] = [];

/** Above this, looking for every error could take more memory than the value itself. */
const thoroughUpToChars = 65_536;

/**
 * Compiles a JSON Schema (draft 2020-12). Each bad field of a value is named, the first alone when the value is large.
 * Throws what is wrong with the schema.
 */
export function compileCheck(schema: object, prefix = ""): InputCheck {
  // One instance for each schema: their `$id`s cannot clash, and they are freed one by one.
  const quick = compile(schema, { allErrors: false });
  let thorough: ValidateFunction | undefined;
  return (value) => {
    if (quick(value)) return nothing;
    const first = quick.errors ?? [];
    if (JSON.stringify(value ?? null).length > thoroughUpToChars) return fieldErrors(first, prefix);
    thorough ??= compile(schema, { allErrors: true });
    thorough(value);
    return fieldErrors(thorough.errors ?? first, prefix);
  };
}

/** Whether a value can stand as a schema in the OpenAPI document. */
export function isSchema(value: object): boolean {
  try {
    compile(value, { allErrors: false });
    return true;
  } catch {
    return false;
  }
}

function compile(schema: object, options: { allErrors: boolean }): ValidateFunction {
  const ajv = new Ajv2020({ ...options, strict: false, logger: false });
  addFormats.default(ajv);
  const check = ajv.compile(schema);
  // Its answer would be a promise: true for everything, and a rejection that nobody waits for.
  if ("$async" in check && check.$async === true) throw new Error("$async is no JSON Schema");
  return check;
}
