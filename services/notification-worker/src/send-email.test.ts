import { sendEmail } from "@linecook/contracts";
import { newTaskId, type TaskInput } from "@linecook/protocol";
import type { TaskContext } from "@linecook/tasks";
import { silentLogger } from "@linecook/telemetry";
import type { SendMailOptions, SMTPSentMessageInfo } from "nodemailer";
import { describe, expect, it } from "vitest";
import type { Mailer } from "./mailer.ts";
import { createSendEmail } from "./send-email.ts";

const input: TaskInput<typeof sendEmail> = { to: "ada@example.com", subject: "s", text: "t" };

function contextOf(taskId: string): TaskContext {
  return {
    taskId,
    task: sendEmail.name,
    attempt: 1,
    submittedAt: new Date(),
    signal: new AbortController().signal,
    logger: silentLogger(),
    progress: () => {},
    putArtifact: () => Promise.reject(new Error("send_email makes no artifact")),
  };
}

describe("the Message-ID", () => {
  it("is the same when a task sends its mail again, another for another task, and tells no task id", async () => {
    const sent: SendMailOptions[] = [];
    const mailer: Mailer = {
      server: "mail.example.com",
      async send(mail) {
        sent.push(mail);
        return { accepted: [], rejected: [] } as unknown as SMTPSentMessageInfo;
      },
      [Symbol.dispose]() {},
    };
    const handler = createSendEmail(mailer, "Reports <reports@example.com>");
    const [task, other] = [newTaskId(sendEmail.name), newTaskId(sendEmail.name)];
    for (const taskId of [task, task, other]) await handler(input, contextOf(taskId));
    const [first, again, another] = sent.map(({ messageId }) => messageId);
    expect(again).toBe(first);
    expect(another).not.toBe(first);
    expect(first).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
  });
});
