import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The relative links of a Markdown text that lead to no file, or to no heading in it. `file` is where the text stands. */
export function brokenLinks(file: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, text, link));
}

function leadsSomewhere(file: string, text: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? file : join(dirname(file), decodeURIComponent(path));
  if (path !== "" && !existsSync(target)) return false;
  return heading === undefined || anchors(path === "" ? text : readFileSync(target, "utf8")).has(heading);
}

/** As GitHub makes them of headings. */
function anchors(text: string): Set<string> {
  const headings = text.matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "code");
}
