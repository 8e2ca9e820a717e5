import { existsSync, readFileSync } from "node:fs";
import { serviceNames } from "@linecook/local";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const dockerfile = readFileSync(new URL("deploy/Dockerfile", root), "utf8");

/** What the file copies out of the repository, for one service. */
function copiedPaths(text: string, service: string): string[] {
  return [...text.matchAll(/^COPY (?:--from=installed )?(.+) \S+$/gm)]
    .flatMap(([, sources = ""]) => sources.split(" "))
    .map((source) => source.replace("/linecook/", "").replace(/\$\{SERVICE\}/, service))
    .filter((source) => source !== "node_modules");
}

/** Whether .dockerignore lets a path through: everything is left out but what it names. */
function isSent(path: string): boolean {
  const ignore = readFileSync(new URL("deploy/Dockerfile.dockerignore", root), "utf8");
  return ignore.split("\n").includes(`!${path.split("/")[0]}`);
}

describe("the Dockerfile", () => {
  it.each(serviceNames)("copies what is there for %s, and starts it", (service) => {
    for (const path of copiedPaths(dockerfile, service)) {
      if (path === ".") continue;
      expect(existsSync(new URL(path, root)), path).toBe(true);
      expect(isSent(path), `${path} past .dockerignore`).toBe(true);
    }
    expect(dockerfile).toContain('CMD ["node", "src/main.ts"]');
    expect(existsSync(new URL(`services/${service}/src/main.ts`, root))).toBe(true);
  });

  it("finds a path that is not there", () => {
    const moved = dockerfile.replaceAll("/linecook/services/", "/linecook/apps/");
    expect(copiedPaths(moved, "gateway").every((path) => existsSync(new URL(path, root)))).toBe(false);
  });

  it("pins its base by digest, runs as a user by number, and with the Node that the workspace runs", () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    const workspace = readFileSync(new URL("pnpm-workspace.yaml", root), "utf8");
    const [, major] = /^ {2}node: (\d+)\./m.exec(workspace) ?? [];
    expect(bases[0]).toContain(`node:${major}-`);
  });
});
