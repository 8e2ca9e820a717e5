import { NatsServer } from "@linecook/nats-server";
import { describe, expect, it } from "vitest";
import { ServiceProcess } from "./service-process.ts";

describe("a service that is told to stop", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends with code 0 at once on %s when it is idle", async (name) => {
    await using service = new ServiceProcess("idle");
    await service.line("ready");
    const toldAt = Date.now();
    service.signal(name);
    expect(await service.exited).toBe(0);
    expect(Date.now() - toldAt).toBeLessThan(1_000);
    expect(service.lines.map(({ msg }) => msg)).toEqual(["ready", "stopping", "stopped"]);
  });

  it("ends with code 0 at once when it is connected to NATS", async () => {
    await using server = await NatsServer.start();
    await using service = new ServiceProcess("uses NATS", { NATS_URL: server.url });
    await service.line("ready");
    const toldAt = Date.now();
    service.signal("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(Date.now() - toldAt).toBeLessThan(1_000);
  });

  it("ends with code 0 while it still waits for NATS", async () => {
    await using service = new ServiceProcess("uses NATS", { NATS_URL: "nats://127.0.0.1:1" });
    await service.line("waiting for NATS");
    service.signal("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.lines.map(({ level }) => level)).not.toContain("fatal");
  });

  it("takes one Ctrl-C that comes twice, from the terminal and from a parent, for one", async () => {
    await using service = new ServiceProcess("stops slowly");
    await service.line("ready");
    service.signal("SIGINT");
    await service.line("stopping");
    service.signal("SIGTERM");
    expect(await service.exited).toBe(0);
  });

  it("ends at once with code 1 on a later second signal", async () => {
    await using service = new ServiceProcess("never stops");
    await service.line("ready");
    const nagging = setInterval(() => service.signal("SIGTERM"), 100);
    expect(await service.exited).toBe(1);
    clearInterval(nagging);
    expect(await service.line("came again")).toMatchObject({ level: "fatal" });
  });

  it.each(["never stops", "leaves a timer"])(
    "ends with code 1 past its limit when it %s",
    async (behaviour) => {
      await using service = new ServiceProcess(behaviour, { SHUTDOWN_TIMEOUT_MS: "300" });
      await service.line("ready");
      service.signal("SIGTERM");
      expect(await service.exited).toBe(1);
      expect(await service.line("did not stop within 300 ms")).toMatchObject({
        still_open: expect.arrayContaining(["Timeout"]),
      });
    },
  );

  it("ends with code 1 when its own stopping fails", async () => {
    await using service = new ServiceProcess("cannot stop");
    await service.line("ready");
    service.signal("SIGTERM");
    expect(await service.exited).toBe(1);
    expect(await service.line("could not stop in order")).toMatchObject({ err: { message: "stuck" } });
  });
});

describe("a service that fails", () => {
  it("says one fatal line and ends with code 1 when it cannot start", async () => {
    await using service = new ServiceProcess("fails");
    expect(await service.exited).toBe(1);
    expect(service.lines).toMatchObject([
      { level: "fatal", msg: "could not start", err: { message: "no flour" } },
    ]);
  });

  it("lists bad variables without a stack", async () => {
    await using service = new ServiceProcess("idle", { HTTP_PORT: "x", LOG_LEVEL: "loud" });
    expect(await service.exited).toBe(1);
    expect(service.lines).toHaveLength(1);
    expect(service.lines[0]).toMatchObject({
      level: "fatal",
      msg: expect.stringMatching(/LOG_LEVEL(.|\n)*HTTP_PORT/),
    });
    expect(service.lines[0]).not.toHaveProperty("err");
  });

  it("stops in order with code 1 after an error that nobody caught", async () => {
    await using service = new ServiceProcess("throws later");
    expect(await service.exited).toBe(1);
    expect(await service.line("nobody caught")).toMatchObject({ level: "fatal", err: { message: "burnt" } });
  });
});
