import { sendEmail } from "@linecook/contracts";
import { describe, expect, it } from "vitest";
import { type Answer, MailServer } from "./mail-server.ts";
import { startWorker } from "./worker-under-test.ts";

const mail = { to: "ada@example.com", subject: "Your report", text: "It is done." };

describe("send_email", () => {
  it("delivers a mail as it was sent", async () => {
    await using server = await MailServer.start();
    await using system = await startWorker({ SMTP_URL: server.url });
    const task = await system.client.submit(sendEmail, {
      to: ["ada@example.com", "bob@example.com"],
      subject: "Größe: 3 × 5 — ready ✓",
      text: "Zeile 1\n.\nline 3, with a lone dot above",
      html: "<p>Zeile 1</p>",
    });
    const result = await task.result({ timeoutMs: 10_000 });
    expect(result).toEqual({
      message_id: expect.stringMatching(/^<[0-9a-f]{32}@example\.com>$/),
      accepted: ["ada@example.com", "bob@example.com"],
      rejected: [],
    });
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]?.to).toEqual(["ada@example.com", "bob@example.com"]);
    expect(server.mails[0]?.email).toMatchObject({
      from: { name: "Reports", address: "reports@example.com" },
      to: [{ address: "ada@example.com" }, { address: "bob@example.com" }],
      subject: "Größe: 3 × 5 — ready ✓",
      text: "Zeile 1\n.\nline 3, with a lone dot above\n",
      html: "<p>Zeile 1</p>\n",
      messageId: result.message_id,
    });
    expect(server.mails[0]?.raw).not.toContain(task.id);
  });

  it("ends a task that the mail server refuses, with a dead letter that says why", async () => {
    await using server = await MailServer.start({ answer: () => [550, "no such user here"] });
    await using system = await startWorker({ SMTP_URL: server.url });
    const task = await system.client.submit(sendEmail, mail);
    const { attempt, error } = await system.reaches(task.id, "failed");
    expect({ attempt, code: error?.code }).toEqual({ attempt: 1, code: "refused" });
    expect(error?.message).toContain("550 no such user here");
    await expect
      .poll(() => system.deadLetter(task.id))
      .toEqual({ body: JSON.stringify(mail), code: "refused" });
  });

  it("ends a mail that is too large for the mail server", async () => {
    await using server = await MailServer.start({ maxBytes: 10_000 });
    await using system = await startWorker({ SMTP_URL: server.url });
    const task = await system.client.submit(sendEmail, { ...mail, text: "€".repeat(10_000) });
    expect(await system.reaches(task.id, "failed")).toMatchObject({ attempt: 1, error: { code: "refused" } });
  });

  it("reports the addresses that were refused beside others that were taken", async () => {
    const answer: Answer = (to) => (to.startsWith("bob") ? [550, "gone"] : undefined);
    await using server = await MailServer.start({ answer });
    await using system = await startWorker({ SMTP_URL: server.url });
    const task = await system.client.submit(sendEmail, {
      ...mail,
      to: ["ada@example.com", "bob@example.com"],
    });
    expect(await task.result({ timeoutMs: 10_000 })).toMatchObject({
      accepted: ["ada@example.com"],
      rejected: ["bob@example.com"],
    });
  });

  it("tries again when the mail server puts it off, and succeeds at attempt 2", async () => {
    const answer: Answer = (_to, call) => (call === 1 ? [451, "greylisted, come back"] : undefined);
    await using server = await MailServer.start({ answer });
    await using system = await startWorker({ SMTP_URL: server.url });
    const task = await system.client.submit(sendEmail, mail);
    expect(await system.reaches(task.id, "retrying")).toMatchObject({
      error: { code: "delayed", message: expect.stringContaining("451 greylisted, come back") },
    });
    expect(await system.reaches(task.id, "succeeded")).toMatchObject({ attempt: 2 });
    expect(server.mails).toHaveLength(1);
  });

  it("tries again while the mail server is away, and delivers when it is back", async () => {
    const port = await portOfNobody();
    await using system = await startWorker({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    const task = await system.client.submit(sendEmail, mail);
    expect(await system.reaches(task.id, "retrying")).toMatchObject({ error: { code: "unreachable" } });
    await using server = await MailServer.start({ port });
    expect(await system.reaches(task.id, "succeeded")).toMatchObject({ attempt: 2 });
    expect(server.mails).toHaveLength(1);
  });

  it("does not take a refused login for a refused mail", async () => {
    await using server = await MailServer.start({ login: "refused" });
    const url = server.url.replace("//", "//me:hunter2@");
    await using system = await startWorker({ SMTP_URL: url });
    const task = await system.client.submit(sendEmail, mail);
    const { error } = await system.reaches(task.id, "retrying");
    expect(error?.code).toBe("login_refused");
    expect(error?.message).not.toContain("hunter2");
  });

  it.each([
    ["a subject of two lines", JSON.stringify({ ...mail, subject: "a\r\nBcc: eve@example.com" })],
    ["an address of two lines", JSON.stringify({ ...mail, to: "ada@example.com\r\nBcc: eve@example.com" })],
    ["a field that is not known", JSON.stringify({ ...mail, attachments: [{ path: "/etc/passwd" }] })],
    ["no JSON", "{"],
  ])("fails at once what comes past the gateway with %s", async (_what, body) => {
    await using server = await MailServer.start();
    await using system = await startWorker({ SMTP_URL: server.url });
    const taskId = await system.submitRaw(body);
    const record = await system.reaches(taskId, "failed");
    expect(record).toMatchObject({ attempt: 1, error: { code: expect.stringMatching(/^invalid_/) } });
    await expect.poll(() => system.deadLetter(taskId)).toMatchObject({ body });
    expect(server.mails).toEqual([]);
  });

  it("gives a task back at once when it is told to stop while the mail server does not answer", async () => {
    await using server = await MailServer.start({ answer: () => "no answer" });
    await using system = await startWorker({ SMTP_URL: server.url, WORKER_GRACE_MS: "0" });
    const task = await system.client.submit(sendEmail, mail);
    await expect.poll(() => server.connections).toBe(1);
    await system.worker[Symbol.asyncDispose]();
    expect(await task.record()).toMatchObject({ state: "queued", attempt: 1 });
    await expect.poll(() => server.connections).toBe(0);
  });

  it("closes its connections when it is told to stop", async () => {
    await using server = await MailServer.start();
    {
      await using system = await startWorker({ SMTP_URL: server.url });
      await (await system.client.submit(sendEmail, mail)).result({ timeoutMs: 10_000 });
      expect(server.connections).toBe(1);
    }
    await expect.poll(() => server.connections).toBe(0);
  });
});

async function portOfNobody(): Promise<number> {
  await using server = await MailServer.start();
  return server.port;
}
