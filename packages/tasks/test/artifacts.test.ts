import { createHash, randomBytes } from "node:crypto";
import { bytes } from "node:stream/consumers";
import { names, newTaskId, objectSubject, storeStream } from "@linecook/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handle } from "../src/index.ts";
import { anyTask, Engine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start();
});

afterAll(() => engine[Symbol.asyncDispose]());

const id = newTaskId("make_tea");

describe("a file of a task", () => {
  it("is kept with its type, and comes back as it was", async () => {
    const put = await engine.client.artifacts.put(id, "page.html", "<h1>héllo</h1>", {
      contentType: "text/html",
    });
    expect(put).toEqual({ file: "page.html", size: 15, contentType: "text/html" });
    const { data, ...artifact } = await engine.client.artifacts.get(id, "page.html");
    expect(artifact).toEqual(put);
    expect(Buffer.from(await bytes(data)).toString()).toBe("<h1>héllo</h1>");
  });

  it("may be large", async () => {
    const large = randomBytes(5_000_000);
    const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    const stream = new Blob([large]).stream() as ReadableStream<Uint8Array>;
    expect(await engine.client.artifacts.put(id, "large.bin", stream)).toEqual({
      file: "large.bin",
      size: 5_000_000,
      contentType: "application/octet-stream",
    });
    const { data } = await engine.client.artifacts.get(id, "large.bin");
    expect(digest(await bytes(data))).toBe(digest(large));
  });

  it("may be empty", async () => {
    expect((await engine.client.artifacts.put(id, "empty", "")).size).toBe(0);
    expect(await bytes((await engine.client.artifacts.get(id, "empty")).data)).toHaveLength(0);
  });

  it("is replaced by one of the same name", async () => {
    await engine.client.artifacts.put(id, "twice.txt", "first");
    await engine.client.artifacts.put(id, "twice.txt", "second");
    const { data } = await engine.client.artifacts.get(id, "twice.txt");
    expect(Buffer.from(await bytes(data)).toString()).toBe("second");
  });

  it.each(["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a b", "a\n", "ä", "x".repeat(129)])(
    "cannot be called %j",
    async (file) => {
      await expect(engine.client.artifacts.put(id, file, "x")).rejects.toMatchObject({
        code: "bad_artifact_name",
      });
      await expect(engine.client.artifacts.get(id, file)).rejects.toMatchObject({
        code: "artifact_not_found",
      });
    },
  );

  it("belongs to its task alone, and is missed when it is not there", async () => {
    await engine.client.artifacts.put(id, "mine.txt", "x");
    await expect(engine.client.artifacts.get(newTaskId("make_tea"), "mine.txt")).rejects.toMatchObject({
      code: "artifact_not_found",
      retryable: false,
    });
  });

  it("fails its reader alone when its data ends early", async () => {
    await engine.client.artifacts.put(id, "broken.bin", randomBytes(400_000));
    const { data } = await engine.client.artifacts.get(id, "broken.bin");
    await data.cancel();
    const failing = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("disk on fire")),
    });
    await expect(engine.client.artifacts.put(id, "never.bin", failing)).rejects.toThrow("disk on fire");
    await expect(engine.client.artifacts.get(id, "never.bin")).rejects.toMatchObject({
      code: "artifact_not_found",
    });
  });

  it("is read at its reader's speed, who is told when the rest is gone", async () => {
    await engine.client.artifacts.put(id, "gone.bin", randomBytes(5_000_000));
    const { data } = await engine.client.artifacts.get(id, "gone.bin");
    const reader = data.getReader();
    expect((await reader.read()).done).toBe(false);
    await engine.manager.streams.purge(storeStream(names.artifacts), {
      filter: objectSubject(names.artifacts),
    });
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: "artifact_not_found" });
  });

  it("is put by the handler and fetched by whoever knows the task", async () => {
    const task = anyTask();
    await using _ = await engine.work([
      handle(task, (_input, { putArtifact }) =>
        putArtifact("report.json", '{"ok":true}', { contentType: "application/json" }),
      ),
    ]);
    const submitted = await engine.client.submit(task, {});
    expect(await submitted.result({ timeoutMs: 5_000 })).toMatchObject({ file: "report.json", size: 11 });
    const { data, contentType } = await engine.client.artifacts.get(submitted.id, "report.json");
    expect(contentType).toBe("application/json");
    expect(Buffer.from(await bytes(data)).toString()).toBe('{"ok":true}');
  });
});
