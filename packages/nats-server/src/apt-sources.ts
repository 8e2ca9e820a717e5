/** A source of packages, as apt's own files name it. */
export interface AptSource {
  uri: string;
  /** The value of `Signed-By`, kept as it stands: paths, a fingerprint, or a whole key over several lines. */
  signedBy?: string;
}

interface Entry {
  types: string[];
  uris: string[];
  suites: string[];
  components: string[];
  signedBy?: string;
}

/** A Debian machine may follow a suite by its role instead of its name. */
const roles = ["oldstable", "stable", "testing", "unstable", "sid"];

/**
 * Finds the mirror that a Debian machine gets its own packages from: the one with `main` of its own suite. Sources of
 * others (vendors, clouds), of security fixes and of updates are not it.
 */
export function findMirror(files: readonly { name: string; text: string }[], codenames: readonly string[]) {
  const entries = files.flatMap(({ name, text }) =>
    name.endsWith(".sources") ? parseDeb822(text) : parseOneLine(text),
  );
  const packages = entries.filter(
    (entry) => entry.types.includes("deb") && entry.components.includes("main"),
  );
  for (const suite of [...codenames, ...roles]) {
    const entry = packages.find((candidate) => candidate.suites.includes(suite));
    const uri = entry?.uris.find((candidate) => !candidate.startsWith("cdrom:"));
    if (uri) return { uri, ...(entry?.signedBy && { signedBy: entry.signedBy }) } satisfies AptSource;
  }
  return undefined;
}

/** One line each: `deb [arch=amd64 signed-by=/path] http://host/debian trixie main contrib`. */
function parseOneLine(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+([^#]+)/.exec(line);
    if (!match) return [];
    const [, type = "", options = "", uri = "", rest = ""] = match;
    const [suite = "", ...components] = words(rest);
    const signedBy = /\bsigned-by=(\S+)/.exec(options)?.[1]?.replaceAll(",", " ");
    return [{ types: [type], uris: [uri], suites: [suite], components, ...(signedBy && { signedBy }) }];
  });
}

/** Paragraphs of fields, where a line that starts with a space goes on with the field above it. */
function parseDeb822(text: string): Entry[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map<string, string>();
    for (const [, name = "", value = ""] of paragraph.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
      fields.set(name.toLowerCase(), value.trimEnd());
    }
    if (fields.get("enabled")?.trim().toLowerCase() === "no") return [];
    const list = (name: string) => words(fields.get(name) ?? "");
    const signedBy = fields.get("signed-by");
    const entry = {
      types: list("types"),
      uris: list("uris"),
      suites: list("suites"),
      components: list("components"),
    };
    return [{ ...entry, ...(signedBy && { signedBy }) }];
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
