import { connect as connectSocket } from "node:net";
import { generateReport, sendEmail } from "@linecook/contracts";
import { defineTask } from "@linecook/protocol";
import { handle } from "@linecook/tasks";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Gateway } from "../src/app.ts";
import { call, ended, type ProblemBody, submit } from "./api.ts";
import { System } from "./system.ts";

interface Tree {
  name: string;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
const draw = defineTask({
  name: "draw",
  description: "Draws a tree.",
  input: z.strictObject({ tree: tree.optional(), type: z.string().optional() }),
  result: z.object({ tree }),
});

const page = "<!doctype html><script>document.title = 'owned'</script><h1>Tree</h1>";

let system: System;
let gateway: Gateway;
beforeAll(async () => {
  system = await System.start();
  await system.work(
    handle(draw, async ({ type }, { putArtifact }) => {
      await putArtifact("tree.html", page, { contentType: type ?? "text/html; charset=utf-8" });
      await putArtifact("large.bin", new Uint8Array(12_000_000).fill(7));
      return { tree: { name: "root", children: [] } };
    }),
    handle(generateReport, () => {
      throw new Error("not run here");
    }),
    handle(sendEmail, () => {
      throw new Error("not run here");
    }),
  );
  gateway = await system.gateway();
});
afterAll(() => system[Symbol.asyncDispose]());

describe("GET /v1/tasks/{id}/artifacts/{file}", () => {
  async function drawn(input: object = {}) {
    const id = await submit(gateway, "draw", input);
    expect(await ended(gateway, id)).toMatchObject({ state: "succeeded" });
    return `${gateway.url}/v1/tasks/${id}/artifacts`;
  }

  it("shows a page that can do nothing in the gateway's origin", async () => {
    const response = await fetch(`${await drawn()}/tree.html`);
    expect(await response.text()).toBe(page);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-length": String(page.length),
      "content-disposition": 'inline; filename="tree.html"',
      "x-content-type-options": "nosniff",
    });
    expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none';/);
    expect(headers["content-security-policy"]).not.toContain("script");
  });

  it("streams a large file, to be saved", async () => {
    const response = await fetch(`${await drawn()}/large.bin`);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="large.bin"');
    expect((await response.bytes()).every((byte) => byte === 7)).toBe(true);
  });

  it.each(["text/html, <b>", 'text/html; x="✓"'])(
    "does not let through %s, which is no content type",
    async (type) => {
      const response = await fetch(`${await drawn({ type })}/tree.html`);
      expect(response.headers.get("content-type")).toBe("application/octet-stream");
      await response.body?.cancel();
    },
  );

  it("does not know a file that is not there, nor one of another task", async () => {
    const base = await drawn();
    for (const file of ["other.html", "..%2Ftree.html", "%00"]) {
      const { status, body } = await call<ProblemBody>(`${base}/${file}`);
      expect([status, body.code]).toEqual([404, "artifact_not_found"]);
    }
  });

  it("bounds the downloads at once", async () => {
    const strict = await system.gateway({ limits: { downloads: 0 } });
    const url = (await drawn()).replace(gateway.url, strict.url);
    expect((await call<ProblemBody>(`${url}/tree.html`)).body.code).toMatch(/^too_many_streams/);
  });

  it("cuts off who reads nothing for too long", async () => {
    const strict = await system.gateway({ events: { stallMs: 200 }, limits: { downloads: 1 } });
    const { hostname, port, pathname } = new URL((await drawn()).replace(gateway.url, strict.url));
    const socket = connectSocket({ host: hostname, port: Number(port) }).pause();
    socket.write(`GET ${pathname}/large.bin HTTP/1.1\r\nhost: x\r\n\r\n`);
    const look = async () => (await fetch(`${strict.url}${pathname}/none`)).status;
    await expect.poll(look).toBeGreaterThan(404);
    await expect.poll(look, { timeout: 10_000 }).toBe(404);
    socket.destroy();
  });
});

describe("what operators look at", () => {
  it("shows each lane of each task", async () => {
    const { body } = await call<{ queues: object[] }>(`${gateway.url}/v1/queues`);
    expect(body.queues).toContainEqual({ task: "draw", lane: "high", waiting: 0, in_flight: 0 });
    expect(body.queues).toHaveLength(9);
  });

  it("shows the workers that are there", async () => {
    const { body } = await call<{ workers: object[] }>(`${gateway.url}/v1/workers`);
    expect(body.workers).toEqual([
      expect.objectContaining({ tasks: ["draw", "generate_report", "send_email"], slots: 20 }),
    ]);
  });

  it("is alive and ready", async () => {
    expect((await call(`${gateway.url}/healthz`)).body).toEqual({ alive: true });
    expect((await call(`${gateway.url}/readyz`)).body).toEqual({ ready: true });
  });
});

describe("GET /openapi.json", () => {
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: Record<string, object> };
  }

  it("is valid OpenAPI 3.1, whose references all lead somewhere", async () => {
    const { body } = await call<Document>(`${gateway.url}/openapi.json`);
    const validator = new Validator();
    expect(await validator.validate({ ...structuredClone(body) })).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#([^"]*)"/g)].map(
      ([, path]) => path ?? "",
    );
    expect(references.length).toBeGreaterThan(10);
    for (const path of references) expect(lookUp(body, path), path).toBeDefined();
  });

  it("has every route, and one path for each task that workers published", async () => {
    const { body } = await call<Document>(`${gateway.url}/openapi.json`);
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.sort()).toEqual([
      "GET /healthz",
      "GET /openapi.json",
      "GET /readyz",
      "GET /task-status/{task_id}",
      "GET /v1/events",
      "GET /v1/queues",
      "GET /v1/tasks/{id}/artifacts/{file}",
      "GET /v1/tasks/{id}/events",
      "GET /v1/tasks/{task}",
      "GET /v1/workers",
      "POST /start-report/{user_id}",
      "POST /v1/tasks/draw",
      "POST /v1/tasks/generate_report",
      "POST /v1/tasks/send_email",
      "POST /v1/tasks/{task}",
    ]);
    const ids = Object.values(body.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(body.components.schemas["generate_report.input"]).toMatchObject({ required: ["user_id"] });
  });

  function lookUp(document: unknown, pointer: string): unknown {
    const steps = pointer.split("/").slice(1);
    return steps.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | undefined)?.[step.replaceAll("~1", "/")],
      document,
    );
  }
});

describe("GET /docs", () => {
  it("is where people land", async () => {
    const response = await fetch(gateway.url, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/docs"]);
  });

  it("loads nothing from elsewhere", async () => {
    const response = await fetch(`${gateway.url}/docs`);
    const html = await response.text();
    expect(html).toContain("swagger-ui");
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self';/,
    );
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? "");
    expect(scripts.length).toBeGreaterThan(2);
    for (const path of scripts)
      expect((await fetch(new URL(path, `${gateway.url}/docs`))).status, path).toBe(200);
  });

  it("shows the document of the moment", async () => {
    const shown = await call(`${gateway.url}/docs/json`);
    expect(shown.body).toEqual((await call(`${gateway.url}/openapi.json`)).body);
  });
});
