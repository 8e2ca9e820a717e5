import { describeTask } from "@linecook/protocol";
import { describe, expect, it } from "vitest";
import { sendEmail } from "./send-email.ts";

const mail = { to: "ann@example.org", subject: "Hello", text: "Hi Ann" };
const reads = (input: unknown) => sendEmail.input.safeParse(input);

describe("the input of send_email", () => {
  it.each([
    mail,
    { ...mail, to: ["ann@example.org", "bob@example.org"], html: "<p>Hi</p>" },
    { ...mail, text: "" },
  ])("can be %j", (input) => {
    expect(reads(input).error).toBeUndefined();
  });

  it.each<[string, object]>([
    ["to", { to: "ann" }],
    ["to", { to: "ann@example.org\r\nBcc: eve@example.org" }],
    ["to", { to: "ann@example.org, eve@example.org" }],
    ["to", { to: [] }],
    ["to", { to: Array.from({ length: 51 }, (_, i) => `a${i}@example.org`) }],
    ["subject", { subject: "" }],
    ["subject", { subject: "Hello\r\nBcc: eve@example.org" }],
    ["subject", { subject: "x".repeat(201) }],
    ["text", { text: "x".repeat(200_001) }],
    ["text", { text: undefined }],
    ["html", { html: "x".repeat(500_001) }],
    ["from", { from: "eve@example.org" }],
  ])("names what is wrong: %s", (field, wrong) => {
    const issues = reads({ ...mail, ...wrong }).error?.issues ?? [];
    expect(issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")).toContain(field);
  });
});

describe("the type of send_email", () => {
  it("can be told in JSON Schema", () => {
    expect(describeTask(sendEmail)).toMatchObject({
      task: "send_email",
      input_schema: { required: ["to", "subject", "text"] },
      defaults: { attempts: 8, timeout_ms: 60_000 },
    });
  });

  it("has no input that is too large for a message", () => {
    const largest = { ...mail, text: "x".repeat(200_000), html: "x".repeat(500_000) };
    expect(JSON.stringify(largest).length).toBeLessThan(1_048_576 - 8_192);
  });
});
