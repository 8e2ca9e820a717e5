import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

describe("the configuration of mail", () => {
  it.each(["smtp://localhost:25", "smtps://me:pw@mail.example.com"])("takes %s", (SMTP_URL) => {
    expect(readConfig({ SMTP_URL, MAIL_FROM: "Linecook <linecook@localhost>" })).toEqual(
      readConfig({ SMTP_URL }),
    );
    expect(readConfig({ SMTP_URL }).mail).toEqual({
      smtpUrl: SMTP_URL,
      from: "Linecook <linecook@localhost>",
    });
  });

  it.each([
    [{}, "SMTP_URL is not set: expected smtp://host:port"],
    [{ SMTP_URL: "mail.example.com:25" }, "expected smtp://host:port"],
    [{ SMTP_URL: "http://me:hunter2@mail.example.com" }, "SMTP_URL is set to a value that is not shown"],
    [{ SMTP_URL: "smtp://h", MAIL_FROM: "nobody" }, 'MAIL_FROM is "nobody": expected one address'],
    [{ SMTP_URL: "smtp://h", MAIL_FROM: "a@b.de, c@d.de" }, "expected one address"],
    [{ SMTP_URL: "smtp://h", MAIL_FROM: "a@b.de\r\nBcc: c@d.de" }, "expected one address"],
  ])("refuses %j", (env, message) => expect(() => readConfig(env)).toThrow(message));
});
