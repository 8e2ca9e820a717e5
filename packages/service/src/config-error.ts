/** Variables of the environment that are wrong. The message names each of them, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "bad_config";
  readonly retryable = false;
  /** One sentence for each variable: its name, what it is, and what is expected. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count =
      problems.length === 1 ? "1 environment variable is" : `${problems.length} environment variables are`;
    super([`${count} wrong:`, ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.problems = problems;
  }
}
