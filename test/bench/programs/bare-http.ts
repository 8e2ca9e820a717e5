// The least that could answer a submission: Fastify validates the same body and gives the same answer, and hands it to
// nobody.
import { newTaskId } from "@linecook/protocol";
import Fastify from "fastify";
import { orders, ready } from "../../program.ts";

const app = Fastify();
const body = {
  type: "object",
  required: ["input"],
  additionalProperties: false,
  properties: {
    input: {
      type: "object",
      required: ["number", "text"],
      additionalProperties: false,
      properties: { number: { type: "integer" }, text: { type: "string", maxLength: 200 } },
    },
  },
};
const accepted = {
  type: "object",
  properties: { task_id: { type: "string" }, state: { type: "string" } },
};
app.post("/v1/tasks/bench_noop", { schema: { body, response: { 202: accepted } } }, async (_, reply) => {
  const task_id = newTaskId("bench_noop");
  reply.code(202).header("location", `/v1/tasks/${task_id}`).header("retry-after", "1");
  return { task_id, state: "queued" };
});
const url = await app.listen({ host: "127.0.0.1", port: 0 });
ready(Number(new URL(url).port));
await orders().stop;
await app.close();
