import { MailCatcher, startService, startSystem } from "@linecook/local";
import { expect, it } from "vitest";

const mail = { to: "ada@example.com", subject: "Your report", text: "It is ready." };

it("a worker that starts after the gateway brings its task: submission, validation and OpenAPI, without a restart", async () => {
  await using system = await startSystem({
    services: { gateway: 1, "report-worker": 0, "notification-worker": 0 },
  });
  const submit = (input: unknown) =>
    fetch(`${system.url}/v1/tasks/send_email`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ input }),
    });
  const paths = async () => {
    const response = await fetch(`${system.url}/openapi.json`);
    return Object.keys(((await response.json()) as { paths: object }).paths);
  };
  expect((await submit(mail)).status).toBe(404);
  expect(await paths()).not.toContain("/v1/tasks/send_email");

  await using catcher = await MailCatcher.start();
  await using worker = startService("notification-worker", {
    NATS_URL: system.natsUrl,
    SMTP_URL: catcher.url,
  });
  await worker.ready;
  await expect.poll(paths, { timeout: 5_000 }).toContain("/v1/tasks/send_email");
  const refused = await submit({ ...mail, to: "nobody" });
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    errors: expect.arrayContaining([{ pointer: "/input/to", message: expect.any(String) }]),
  });

  const accepted = await submit(mail);
  expect(accepted.status).toBe(202);
  const location = accepted.headers.get("location") ?? "";
  const waited = await fetch(new URL(location, system.url), { headers: { prefer: "wait=20" } });
  expect(await waited.json()).toMatchObject({
    state: "succeeded",
    result: { accepted: ["ada@example.com"] },
  });
});
