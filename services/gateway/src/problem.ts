import { type ProblemCode, type ProblemKind, problems } from "./problems.ts";

/** One thing that is wrong with a request. */
export interface FieldError {
  /** Where in the body: a JSON pointer (RFC 6901). */
  pointer?: string;
  /** Which parameter of the path or query, where it is none of the body. */
  parameter?: string;
  message: string;
}

/** What an occurrence of a problem can add to its kind. */
export interface ProblemOptions extends ErrorOptions {
  /** A sentence on this occurrence. @default the advice of its kind */
  detail?: string;
  errors?: readonly FieldError[];
  /** Further headers of the answer. */
  headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with a problem. What it says reaches the client. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly kind: ProblemKind;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const kind: ProblemKind = problems[code];
    super(options.detail ?? kind.advice, options);
    this.code = code;
    this.kind = kind;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}
