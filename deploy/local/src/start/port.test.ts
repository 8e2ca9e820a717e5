import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { choosePort } from "./port.ts";

describe("the port of the gateway", () => {
  it("is the one that was asked for, or the start says that it is taken", async () => {
    await using server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(choosePort(port)).rejects.toThrow(`Port ${port} is taken`);
    expect(await choosePort(0)).toEqual({ port: 0 });
  });

  it("is 8000 or a later one when none was asked for, and says so", async () => {
    const { port, insteadOf } = await choosePort(undefined);
    expect(port).toBeGreaterThanOrEqual(8000);
    expect(insteadOf).toBe(port === 8000 ? undefined : 8000);
  });
});
