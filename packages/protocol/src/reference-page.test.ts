import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { protocolPage } from "../../../docs/reference/protocol-page.ts";

describe("docs/reference/protocol.md", () => {
  it("says what the code says (`npx pnpm@12 reference` writes it)", async () => {
    const written = await readFile(new URL("../../../docs/reference/protocol.md", import.meta.url), "utf8");
    expect(written).toBe(protocolPage());
  });
});
