import { describe, expect, it } from "vitest";
import { shown, withoutUserInfo } from "./secrets.ts";

describe("a shown variable", () => {
  it.each([
    "NATS_NKEY_SEED",
    "DB_PASSWORD",
    "WEBHOOK_SECRET",
    "NATS_CREDS",
    "SMTP_URL",
    "API_KEY",
    "GITHUB_TOKEN",
  ])("says nothing of %s", (name) =>
    expect(shown(name, "hunter2")).toBe("is set to a value that is not shown"),
  );

  it("is shown when it only says where a secret is", () => {
    expect(shown("NATS_CREDS_FILE", "/run/creds")).toBe('is "/run/creds"');
  });

  it.each([
    ["nats://me:pw@host:4222", "nats://***@host:4222"],
    ["nats://to/k@en@host", "nats://***@host"],
    ["me:pw@host", "***@host"],
    ["nats://host:4222", "nats://host:4222"],
  ])("shows %s as %s", (url, safe) => expect(withoutUserInfo(url)).toBe(safe));
});
