// The least that could answer a submission: Fastify validates the same body and answers the same words.
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
app.post("/v1/tasks/bench_noop", { schema: { body } }, async (_, reply) => {
  reply.code(202);
  return { task_id: "bench_noop-0123456789012345678901", state: "queued" };
});
const url = await app.listen({ host: "127.0.0.1", port: 0 });
ready(Number(new URL(url).port));
await orders().stop;
await app.close();
