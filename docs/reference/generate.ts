import { writeFile } from "node:fs/promises";
import { errorsPage } from "./errors-page.ts";
import { protocolPage } from "./protocol-page.ts";

/** Writes the pages of the reference that follow from the code. A test fails when one of them is not current. */
const pages = { "errors.md": errorsPage, "protocol.md": protocolPage };

for (const [file, page] of Object.entries(pages)) {
  await writeFile(new URL(file, import.meta.url), page());
  console.log(`docs/reference/${file}`);
}
