import { setTimeout as delay } from "node:timers/promises";
import { eventsSubject, taskIdOfSubject } from "@linecook/protocol";
import { TaskClient } from "@linecook/tasks";
import { connect } from "nats";
import { noop, noopInput } from "./noop.ts";
import { startProgram } from "./start-program.ts";

/** From accepted (the server has stored it) to final (its last record is stored), in ms. */
export interface Latency {
  p50: number;
  p99: number;
}

const perSecond = 100;

/** Submits 100 no-op tasks a second, evenly, and tells how long each took to end after it was accepted. */
export async function acceptedToFinal(
  natsUrl: string,
  seconds: number,
  env: Record<string, string> = {},
): Promise<Latency> {
  await using _worker = await startProgram("tasks-worker", { NATS_URL: natsUrl, ...env });
  const connection = await connect({ servers: natsUrl });
  const client = await TaskClient.create(connection);
  const accepted = new Map<string, number>();
  const ended = new Map<string, number>();
  connection.subscribe(eventsSubject(noop.name), {
    callback: (_, message) => {
      ended.set(taskIdOfSubject(message.subject), performance.now());
    },
  });
  const total = perSecond * seconds;
  const start = performance.now();
  const submissions: Promise<unknown>[] = [];
  for (let number = 0; number < total; number += 1) {
    await delay(Math.max(0, start + (number * 1_000) / perSecond - performance.now()));
    submissions.push(
      client.submit(noop, noopInput(number)).then(({ id }) => accepted.set(id, performance.now())),
    );
  }
  await Promise.all(submissions);
  while (ended.size < total) await delay(10);
  await client[Symbol.asyncDispose]();
  await connection.close();
  // A task can end before its submitter has read the ack.
  const waits = [...accepted].map(([id, at]) => Math.max(0, (ended.get(id) ?? Number.NaN) - at));
  waits.sort((a, b) => a - b);
  const quantile = (q: number) =>
    Number((waits[Math.floor(q * (waits.length - 1))] ?? Number.NaN).toFixed(2));
  return { p50: quantile(0.5), p99: quantile(0.99) };
}
