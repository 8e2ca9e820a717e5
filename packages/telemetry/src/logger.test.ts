import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

function printed(code: string): string {
  const script = `import { createLogger } from ${JSON.stringify(import.meta.resolve("./logger.ts"))}; ${code}`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }).stdout;
}

describe("a logger", () => {
  it("writes JSON lines with the service, the level in words and the time", () => {
    const line = printed(
      'createLogger({ service: "gateway" }).info({ task_id: "make_tea-1" }, "submitted");',
    );
    const { time, ...rest } = JSON.parse(line) as { time: string };
    expect(rest).toEqual({ level: "info", service: "gateway", task_id: "make_tea-1", msg: "submitted" });
    expect(new Date(time).getTime()).toBeGreaterThan(0);
  });

  it("leaves out what is below its level", () => {
    const lines = printed(
      'const l = createLogger({ service: "x", level: "warn" }); l.info("a"); l.warn("b");',
    );
    expect(lines).not.toContain('"a"');
    expect(lines).toContain('"b"');
  });

  it.each([true, false])("loses nothing when the process exits at once (pretty: %s)", (pretty) => {
    const lines = printed(
      `const l = createLogger({ service: "x", pretty: ${pretty} });
       for (let i = 0; i < 2000; i++) l.info("line " + i); process.exit(0);`,
    );
    expect(lines.trimEnd().split("\n")).toHaveLength(2_000);
    expect(lines).toContain("line 1999");
  });

  it("is readable for people on demand", () => {
    expect(printed('createLogger({ service: "gateway", pretty: true }).warn("slow");')).toMatch(
      /WARN.*gateway slow/,
    );
  });
});
