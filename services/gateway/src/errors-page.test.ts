import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { errorsPage } from "../../../docs/reference/errors-page.ts";

it("docs/reference/errors.md says what the code says (`npx pnpm@12 reference` writes it)", async () => {
  const written = await readFile(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");
  expect(written).toBe(errorsPage());
});
