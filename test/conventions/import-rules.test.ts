import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rule = "lint/style/noRestrictedImports";

/** Lints one import as if it stood in this file, under the project's own rules, and returns the broken ones. */
async function brokenRules(file: string, specifier: string): Promise<string[]> {
  const tree = await mkdtemp(join(tmpdir(), "linecook-rules-"));
  try {
    const path = join(tree, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `import { thing } from "${specifier}";\n\nexport const used: unknown = thing;\n`);
    await copyFile(join(root, "biome.json"), join(tree, "biome.json"));
    const options = ["--only=style/noRestrictedImports", "--reporter=json", "--vcs-enabled=false"];
    const biome = join(root, "node_modules/.bin/biome");
    const { stdout } = spawnSync(biome, ["lint", ...options, "."], { cwd: tree, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string }[] };
    return diagnostics.map(({ category }) => category);
  } finally {
    await rm(tree, { recursive: true });
  }
}

it.each([
  ["packages/protocol/src/lane.ts", "nats"],
  ["packages/protocol/src/lane.ts", "node:fs"],
  ["packages/protocol/src/lane.ts", "@linecook/tasks"],
  ["packages/contracts/src/send-email.ts", "@linecook/tasks"],
  ["packages/tasks/src/worker.ts", "@linecook/contracts"],
  ["packages/tasks/src/worker.ts", "@linecook/service"],
  ["packages/telemetry/src/spans.ts", "@linecook/protocol"],
  ["packages/nats-server/src/nats-server.ts", "@linecook/protocol"],
  ["packages/service/src/run.ts", "@linecook/tasks"],
  ["services/report-worker/src/app.ts", "@linecook/notification-worker"],
  ["services/notification-worker/src/app.ts", "@linecook/gateway"],
  ["services/gateway/src/app.ts", "@linecook/contracts"],
  ["services/gateway/src/app.ts", "@linecook/report-worker"],
  ["services/gateway/src/app.ts", "@nats-io/jetstream"],
])("the check refuses that %s imports %s", async (file, specifier) => {
  expect(await brokenRules(file, specifier)).toEqual([rule]);
});

it.each([
  ["packages/protocol/src/lane.ts", "zod"],
  ["packages/protocol/src/lane.ts", "./task-name.ts"],
  ["packages/contracts/src/send-email.ts", "@linecook/protocol"],
  ["packages/tasks/src/worker.ts", "@linecook/telemetry"],
  ["packages/service/src/run.ts", "@linecook/telemetry"],
  ["services/gateway/src/app.ts", "@linecook/tasks"],
  ["services/report-worker/src/app.ts", "@linecook/contracts"],
])("the check lets %s import %s", async (file, specifier) => {
  expect(await brokenRules(file, specifier)).toEqual([]);
});
