import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive, StartProcess } from "./start-process.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "linecook-start-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("start --once", () => {
  it("ends with code 0 after a report, and shows it", async () => {
    await using start = new StartProcess(["--", "--once"]);
    expect(await start.exited).toBe(0);
    expect(start.output).toMatch(/✓ gateway +http:\/\/127\.0\.0\.1:\d+/);
    expect(start.output).toMatch(/Shipments of user 7, \d{4}-Q[1-4]/);
    expect(start.output).toMatch(/Worst lanes +shipments +on time/);
    expect(start.output).not.toContain("\u001b[");
  });

  it("ends with code 1 when the report fails, and says why", async () => {
    await using start = new StartProcess(["--once"], { SHIPMENTS: join(folder, "none.csv") });
    expect(await start.exited).toBe(1);
    expect(start.output).toContain("none.csv");
  });

  it("ends with code 1 and names every bad variable", async () => {
    await using start = new StartProcess(["--once"], { HTTP_PORT: "many", LOG_LEVEL: "loud" });
    expect(await start.exited).toBe(1);
    expect(start.output).toMatch(/LOG_LEVEL is "loud".*\n.*HTTP_PORT is "many"/);
  });

  it("says which service did not start, and why", async () => {
    await using start = new StartProcess(["--once"], { SMTP_URL: "mail.example.com" });
    expect(await start.exited).toBe(1);
    expect(start.output).toContain("expected smtp://host:port");
    expect(start.output).toContain("notification-worker ended as it started");
  });
});

// What a process has started is read from /proc.
describe.skipIf(process.platform !== "linux")("start (skipped where there is no /proc)", () => {
  it("stays up, starts again what dies, shows mails, and ends with code 0 on Ctrl-C", async () => {
    await using start = new StartProcess(["--folder", folder]);
    const url = await start.shows(/✓ gateway +(http:\/\/127\.0\.0\.1:\d+)/);
    await start.shows(/Ctrl-C stops everything/);
    const children = await start.children();

    const status = await start.shows(/curl (http:\S+\/task-status\/\S+)/);
    expect(await (await fetch(status)).json()).toMatchObject({ status: "completed" });
    const report = await start.shows(/the report +(http\S+)/);
    expect((await fetch(report)).headers.get("content-type")).toContain("text/html");
    expect((await fetch(await start.shows(/the API +(http\S+)/))).status).toBe(200);

    const body = JSON.stringify({ input: { to: "ada@example.com", subject: "Hello", text: "It works." } });
    const headers = { "content-type": "application/json" };
    await fetch(`${url}/v1/tasks/send_email`, { method: "POST", headers, body });
    await start.shows(/mail to ada@example\.com.*\n +Hello\n +It works\./);

    const [gateway] = [...children].find(([, command]) => command.includes("services/gateway")) ?? [];
    process.kill(gateway ?? 0, "SIGKILL");
    await start.shows(/gateway is back/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    await using second = new StartProcess(["--folder", folder]);
    expect(await second.exited).toBe(1);
    expect(second.output).toContain("Linecook runs here already");

    const last = [...(await start.children()).keys()];
    start.signal("SIGINT");
    expect(await start.exited).toBe(0);
    for (const pid of last) await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await readdir(folder)).toEqual(["broker"]);
  });

  it("leaves no process behind when it is killed", async () => {
    await using start = new StartProcess(["--folder", folder]);
    await start.shows(/Ctrl-C stops everything/);
    const children = [...(await start.children()).keys()];
    expect(children.length).toBeGreaterThan(3);
    start.signal("SIGKILL");
    await start.exited;
    for (const pid of children) await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  });
});
