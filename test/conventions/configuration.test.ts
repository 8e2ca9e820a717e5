import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { type ServiceName, serviceNames } from "@linecook/local";
import { describe, expect, it } from "vitest";
import { processVariables } from "../../packages/service/src/process-variables.ts";
import { knownVariables, readers } from "../deploy/known-variables.ts";

const page = readFileSync(new URL("../../docs/reference/configuration.md", import.meta.url), "utf8");
const required = { SMTP_URL: "smtp://127.0.0.1:25" };

interface Row {
  name: string;
  preset: string | undefined;
  bounds: [min: number, max: number] | undefined;
}

/** The rows of the table under a heading. A default that is no code is a remark. */
function rowsOf(heading: string): Row[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\| (.*?) +\|/gm)].map(
    ([, name = "", preset, bounds]) => {
      const [, min, max] = /^(\d+) to (\d+)$/.exec(bounds ?? "") ?? [];
      return {
        name,
        preset: /^`(.+)`$/.exec(preset ?? "")?.[1]?.replace("~", homedir()),
        bounds: min === undefined ? undefined : [Number(min), Number(max)],
      };
    },
  );
}

function documented(service: ServiceName): Row[] {
  const headings = ["Every service", ...(service === "gateway" ? [] : ["Every worker"]), service];
  return headings.flatMap(rowsOf);
}

/** Everything that a service makes of its variables, also what all processes share. */
function read(service: ServiceName, variables: Record<string, string>): unknown {
  const given = { ...required, ...variables };
  return [readers[service](given), processVariables.parse(given)];
}

describe.each(serviceNames)("docs/reference/configuration.md about the %s", (service) => {
  it("names every variable, and no other", () => {
    const names = documented(service).map(({ name }) => name);
    const known = knownVariables(service);
    // Those of all workers stand in one file with those of all services.
    if (service === "gateway") for (const { name } of rowsOf("Every worker")) known.delete(name);
    expect(names.toSorted()).toEqual([...known].toSorted());
  });

  it("gives the defaults that hold", () => {
    for (const { name, preset } of documented(service)) {
      if (preset !== undefined) expect(read(service, { [name]: preset }), name).toEqual(read(service, {}));
    }
  });

  it("gives the bounds that hold", () => {
    for (const { name, bounds } of documented(service)) {
      if (bounds === undefined) continue;
      for (const value of bounds) read(service, { [name]: String(value) });
      for (const value of [bounds[0] - 1, bounds[1] + 1]) {
        expect(() => read(service, { [name]: String(value) }), `${name}=${value}`).toThrow(name);
      }
    }
  });
});
