import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { defineTask } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import type { Gateway } from "../src/app.ts";
import { call, type ProblemBody, submit } from "./api.ts";
import { System } from "./system.ts";

const brew = defineTask({ name: "brew", input: z.string(), result: z.string() });

let system: System;
let gateway: Gateway;
beforeAll(async () => {
  system = await System.start({ config: { max_payload: 65_536 } });
  await system.work(handle(brew, (tea) => tea));
  gateway = await system.gateway();
});
afterAll(() => system[Symbol.asyncDispose]());

/** Sends bytes as they are, and gives all that comes back until the gateway closes. */
async function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, "connect");
  socket.write(request);
  return text(socket);
}

const longHeader = `x-long: ${"x".repeat(20_000)}`;

it.each([
  ["nonsense", "nonsense\r\n\r\n", 400, "bad_request"],
  [
    "a header that is too long",
    `GET /v1/queues HTTP/1.1\r\nhost: x\r\n${longHeader}\r\n\r\n`,
    431,
    "headers_too_large",
  ],
  ["a header that is none", "GET / HTTP/1.1\r\nhost: x\r\nno header\r\n\r\n", 400, "bad_request"],
  [
    "a length beside a transfer encoding",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "bad_request",
  ],
])("answers %s with a problem, and closes", async (_, request, status, code) => {
  const answer = await raw(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status, code });
});

it("refuses what the broker of this system would not take", async () => {
  const body = JSON.stringify({ input: "x".repeat(60_000) });
  const headers = { "content-type": "application/json" };
  const url = `${gateway.url}/v1/tasks/brew`;
  const answer = await call<ProblemBody>(url, { method: "POST", headers, body });
  expect([answer.status, answer.body.code]).toEqual([413, "body_too_large"]);
});

it("takes JSON in another order, in pieces, with escapes and lone surrogates as they are", async () => {
  const pieces = ['{"priority":"high",', '"input":"\\ud800 \\u0041 \\u0000"}'];
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const { status } = await call(`${gateway.url}/v1/tasks/brew`, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body,
    duplex: "half",
  } as RequestInit);
  expect(status).toBe(202);
});

it("answers a flood of nonsense with 4xx alone, and still works", async () => {
  const values = [
    "",
    "0",
    "-1",
    "%00",
    "%0a",
    "..",
    "a/b",
    "x".repeat(127),
    "💥",
    "{}",
    "null",
    "'",
    "\\",
    "*",
    ">",
  ];
  const paths = ["/start-report/", "/task-status/", "/v1/tasks/", "/v1/events?task=", "/"];
  const requests = paths.flatMap((path) =>
    values.flatMap((value) =>
      ["GET", "POST", "DELETE"].map(
        (method) => [method, `${gateway.url}${path}${encodeURIComponent(value)}`] as const,
      ),
    ),
  );
  expect(requests.length).toBeGreaterThan(200);
  const odd: string[] = [];
  for (const [method, url] of requests) {
    const response = await fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(5_000) });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    await response.body?.cancel();
    // "/" leads to the docs, and no worker is here to make a report.
    const isFine =
      isStream || [302, 503].includes(response.status) || Math.floor(response.status / 100) === 4;
    if (!isFine) odd.push(`${method} ${url}: ${response.status}`);
  }
  expect(odd).toEqual([]);
  await submit(gateway, "brew", "after all that");
});
