import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NatsServer } from "@linecook/nats-server";
import { expect, it } from "vitest";

const readme = fileURLToPath(new URL("../../README.md", import.meta.url));
const run = promisify(execFile);

it("the example in the README prints what the README says", async () => {
  const text = await readFile(readme, "utf8");
  const [, code] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  const [, printed] = /It prints `([^`]+)`/.exec(text) ?? [];
  await using broker = await NatsServer.start();
  const file = fileURLToPath(new URL("./readme-example.ts", import.meta.url));
  await writeFile(file, code ?? "");
  try {
    const { stdout } = await run(process.execPath, [file], {
      env: { ...process.env, NATS_URL: broker.url },
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe(printed);
  } finally {
    await rm(file);
  }
});
