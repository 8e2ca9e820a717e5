import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { brokenLinks } from "./broken-links.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = globSync("**/*.md", { cwd: root, exclude: ["**/node_modules", "**/.*"] });

it("finds the pages", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/guides/write-a-task.md"]));
});

it.each(pages)("every relative link in %s leads to a file, and to a heading where it names one", (page) => {
  const file = join(root, page);
  expect(brokenLinks(file, readFileSync(file, "utf8"))).toEqual([]);
});

it.each([
  ["[a page](nowhere.md)", ["nowhere.md"]],
  ["[a heading](#nothing)\n\n# Something", ["#nothing"]],
  ["[another page's](README.md#nothing)", ["README.md#nothing"]],
  ["[here](LICENSE), [there](https://example.com), [below](#a-word)\n\n## A word", []],
  ["`[code](nowhere.md)`", []],
])("of %j the broken links are %j", (text, broken) => {
  expect(brokenLinks(join(root, "page.md"), text)).toEqual(broken);
});
