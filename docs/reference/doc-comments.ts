import { readFileSync } from "node:fs";

/** What the source says, in the comment above it, of each property of an object literal: `key: "value"`. */
export function docComments(source: URL): Map<string, string> {
  const text = readFileSync(source, "utf8");
  const pattern = /\/\*\* (?<comment>[^\n]*?) \*\/\s+(?<key>\w+): "/g;
  return new Map(
    [...text.matchAll(pattern)].map(({ groups }) => [groups?.["key"] ?? "", groups?.["comment"] ?? ""]),
  );
}
