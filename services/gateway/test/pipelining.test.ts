import { connect as connectSocket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "../src/app.ts";
import { System } from "./system.ts";

let system: System;
let gateway: Gateway;
beforeAll(async () => {
  system = await System.start();
  gateway = await system.gateway();
});
afterAll(() => system[Symbol.asyncDispose]());

/** Asks for many things in one write, and returns how many answers came until the connection was closed. */
async function answers(requests: number): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connectSocket({ host: hostname, port: Number(port) });
  const request = (more: string) => `GET /healthz HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  socket.write(request("").repeat(requests - 1) + request("connection: close\r\n"));
  const said = await text(socket).catch(() => "");
  return said.split("HTTP/1.1 200").length - 1;
}

describe("requests that come before the answers were read", () => {
  it("are answered in order while they are few", async () => {
    expect(await answers(64)).toBe(64);
  });

  it("close the connection when they are many", async () => {
    expect(await answers(500)).toBeLessThan(64);
    expect(await answers(1)).toBe(1);
  });
});
