import { defineTask } from "@linecook/protocol";
import * as z from "zod";

/** Sends one e-mail over SMTP. A refusal by the mail server ends it; a delay or a dead host is tried again. */
export const sendEmail = defineTask({
  name: "send_email",
  description: "Send one e-mail over SMTP.",
  input: z.strictObject({
    to: z.union([z.email(), z.array(z.email()).min(1).max(50)]).describe("One address, or up to 50."),
    subject: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^\r\n]*$/, "must be one line"),
    text: z.string().max(200_000).describe("The body as plain text."),
    html: z.string().max(500_000).optional().describe("The same body as HTML."),
  }),
  result: z.object({
    message_id: z.string(),
    /** The addresses that the mail server took. */
    accepted: z.array(z.string()),
    /** The addresses that it refused, when it took others. */
    rejected: z.array(z.string()),
  }),
  attempts: 8,
  backoff: { minMs: 2_000, maxMs: 600_000 },
  timeoutMs: 60_000,
});
