import { generateReport, sendEmail } from "@linecook/contracts";
import { defineTask } from "@linecook/protocol";
import { describe, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { handle, type TaskClient, type TaskHandle } from "../src/index.ts";

// Nothing of this runs: the type check is the test. Each `@ts-expect-error` fails it when the line does compile.
declare const client: TaskClient;

describe("types", () => {
  it("let no wrong input be submitted", () => {
    const submit = () => [
      client.submit(generateReport, { user_id: 7 }),
      client.submit(generateReport, { user_id: 7, period: "2026-Q3", format: "json" }),
      // @ts-expect-error a user id is a number
      client.submit(generateReport, { user_id: "7" }),
      // @ts-expect-error a user id is needed
      client.submit(generateReport, {}),
      // @ts-expect-error there is no such format
      client.submit(generateReport, { user_id: 7, format: "pdf" }),
      client.submit(sendEmail, { to: "ann@example.org", subject: "Hello", text: "Hi" }),
      // @ts-expect-error a mail has a text
      client.submit(sendEmail, { to: "ann@example.org", subject: "Hello" }),
      // @ts-expect-error a mail is sent to somebody
      client.submit(sendEmail, { to: 7, subject: "Hello", text: "Hi" }),
      // @ts-expect-error there is no such lane
      client.submit(generateReport, { user_id: 7 }, { lane: "urgent" }),
    ];
    expectTypeOf(submit).toBeFunction();
  });

  it("tell what a result is", () => {
    type Report = Awaited<ReturnType<TaskHandle<typeof generateReport>["result"]>>;
    expectTypeOf<Report["report_id"]>().toEqualTypeOf<string>();
    expectTypeOf<Report["status"]>().toEqualTypeOf<"completed">();
    expectTypeOf<Report["totals"]["on_time_rate"]>().toEqualTypeOf<number | null>();
    type Mail = Awaited<ReturnType<TaskHandle<typeof sendEmail>["result"]>>;
    expectTypeOf<Mail>().toEqualTypeOf<{ message_id: string; accepted: string[]; rejected: string[] }>();
  });

  it("give a handler its parsed input, and take no other result", () => {
    const task = defineTask({
      name: "add",
      input: z.object({ n: z.number().default(1) }),
      result: z.object({ sum: z.number() }),
    });
    handle(task, (input) => {
      expectTypeOf(input).toEqualTypeOf<{ n: number }>();
      return { sum: input.n };
    });
    handle(task, async ({ n }) => ({ sum: n }));
    // @ts-expect-error a sum is a number
    handle(task, () => ({ sum: "1" }));
    // @ts-expect-error there is a result
    handle(task, () => {});
  });
});
