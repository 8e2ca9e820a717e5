import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { ConfigError } from "./config-error.ts";
import { readEnvironment } from "./environment.ts";
import { httpVariables, natsVariables } from "./variable-groups.ts";
import { boolean, integer, milliseconds } from "./variables.ts";

const groups = {
  nats: natsVariables,
  http: httpVariables,
  mail: z.object({
    SMTP_URL: z.url({ error: "expected smtp://host:port" }),
    MAIL_PASSWORD: z.string().min(8, "expected 8 characters or more").optional(),
    MAIL_RETRIES: integer({ min: 0, max: 5 }).default(3),
    MAIL_TIMEOUT_MS: milliseconds({ min: 1, max: 60_000 }).default(1_000),
    MAIL_VERBOSE: boolean().default(false),
  }),
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readEnvironment(groups, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error("expected a ConfigError");
}

describe("readEnvironment", () => {
  it("nests what each group makes of the flat variables, with defaults", () => {
    const configuration = readEnvironment(groups, { SMTP_URL: "smtp://localhost:25", MAIL_VERBOSE: "yes" });
    expect(configuration).toEqual({
      nats: { servers: ["nats://127.0.0.1:4222"] },
      http: { host: "127.0.0.1", port: 8000 },
      mail: { SMTP_URL: "smtp://localhost:25", MAIL_RETRIES: 3, MAIL_TIMEOUT_MS: 1_000, MAIL_VERBOSE: true },
    });
    expectTypeOf(configuration.mail.MAIL_RETRIES).toEqualTypeOf<number>();
  });

  it("takes an empty variable for one that is not set, and drops blanks around a value", () => {
    const env = { SMTP_URL: "smtp://localhost", HTTP_PORT: " ", HTTP_HOST: "", NATS_URL: " a:1 , b:2 " };
    expect(readEnvironment(groups, env)).toMatchObject({
      http: { host: "127.0.0.1", port: 8000 },
      nats: { servers: ["a:1", "b:2"] },
    });
  });

  it("names every bad variable of every group in one error, with its value and what is expected", () => {
    const problems = problemsOf({
      LOG_LEVEL: "loud",
      SHUTDOWN_TIMEOUT_MS: "1.5",
      NATS_URL: "http://localhost",
      NATS_NKEY_SEED_FILE: "/a",
      NATS_CREDS_FILE: "/b",
      HTTP_PORT: "65536",
      MAIL_RETRIES: "many",
      MAIL_TIMEOUT_MS: "0",
      MAIL_VERBOSE: "perhaps",
    });
    expect(problems).toEqual([
      'LOG_LEVEL is "loud": expected one of silent, fatal, error, warn, info, debug, trace',
      'SHUTDOWN_TIMEOUT_MS is "1.5": expected milliseconds, from 100 to 3600000',
      'NATS_URL is "http://localhost": expected nats://host:port, or several with commas between',
      'NATS_CREDS_FILE is "/b": expected only one of this and NATS_NKEY_SEED_FILE',
      'HTTP_PORT is "65536": expected an integer from 0 to 65535',
      "SMTP_URL is not set: expected smtp://host:port",
      'MAIL_RETRIES is "many": expected an integer from 0 to 5',
      'MAIL_TIMEOUT_MS is "0": expected milliseconds, from 1 to 60000',
      'MAIL_VERBOSE is "perhaps": expected true or false',
    ]);
  });

  it("keeps secrets out of its message", () => {
    const secrets = {
      SMTP_URL: "hunter2",
      MAIL_PASSWORD: "hunter2",
      NATS_URL: "http://me:hunter2@h,x:hunter2@h y",
    };
    const text = problemsOf(secrets).join("\n");
    expect(text).not.toContain("hunter2");
    expect(text).toContain("MAIL_PASSWORD is set to a value that is not shown");
  });

  it("says one variable in the singular", () => {
    expect(() => readEnvironment({ http: httpVariables }, { HTTP_PORT: "x" })).toThrow(
      '1 environment variable is wrong:\n  HTTP_PORT is "x": expected an integer from 0 to 65535',
    );
  });
});
