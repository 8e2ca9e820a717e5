import { Ajv2020 } from "ajv/dist/2020.js";
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
  const quick = newAjv({ allErrors: false }).compile(schema);
  let thorough: typeof quick | undefined;
  return (value) => {
    if (quick(value)) return nothing;
    const first = quick.errors ?? [];
    if (JSON.stringify(value ?? null).length > thoroughUpToChars) return fieldErrors(first, prefix);
    thorough ??= newAjv({ allErrors: true }).compile(schema);
    thorough(value);
    return fieldErrors(thorough.errors ?? first, prefix);
  };
}

/** Whether a value can stand as a schema in the OpenAPI document. */
export function isSchema(value: object): boolean {
  try {
    newAjv({ allErrors: false }).compile(value);
    return true;
  } catch {
    return false;
  }
}

function newAjv(options: { allErrors: boolean }): Ajv2020 {
  const ajv = new Ajv2020({ ...options, strict: false, logger: false });
  addFormats.default(ajv);
  return ajv;
}
