import { createHash } from "node:crypto";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../src/page/page.ts";
import { line, report, writeCsv } from "./data.ts";

const attack = `<script>alert("1")</script><img src=x onerror='alert(2)'>`;

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let page: string;
beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), "linecook-page-"));
  const path = join(folder.path, "attack.csv");
  await writeCsv(path, [
    line({ carrier: attack, origin: attack }),
    line({ shipment_id: "S2" }),
    line({ shipment_id: attack, weight_kg: attack }),
  ]);
  page = renderPage(await report(path));
});
afterAll(() => folder.remove());

describe("the page", () => {
  it("shows whatever stands in the data as text", () => {
    expect(page).not.toMatch(/<(script|img)/i);
    expect(page.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/g)?.length).toBeGreaterThan(3);
  });

  it("forbids scripts and every load, and lets in its own style alone", () => {
    const [, css = ""] = /<style>(.*)<\/style>/s.exec(page) ?? [];
    const hash = createHash("sha256").update(css).digest("base64");
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}';`.replaceAll("'", "&#39;"),
    );
    expect(page).not.toMatch(/<[^>]*\s(style|src|href|on\w+)=|url\(|@import/);
  });

  it("says its language and title, and has a caption on every table and a name on every chart", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain("<title>Shipment report 2026-Q3, user 7</title>");
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption>/g)?.length);
    const charts = page.match(/<svg[^>]*>/g) ?? [];
    expect(charts.filter((chart) => chart.includes('role="img" aria-label=')).length).toBeGreaterThanOrEqual(
      4,
    );
    expect(charts.every((chart) => /aria-label|aria-hidden/.test(chart))).toBe(true);
  });

  it("names the rows that make no sense", () => {
    expect(page).toContain("1 row makes no sense, and is in no number above.");
    expect(page).toContain("<code>bad_weight</code>");
  });

  it("says what to ask for when there is nothing to show", async () => {
    const path = join(folder.path, "attack.csv");
    const period = { label: "2025-Q1", from: "2025-01-01", to: "2025-04-01" };
    const empty = renderPage(await report(path, { period }));
    expect(empty).toContain("User 7 has shipments from 2026-07-06 to 2026-07-06.");
    expect(empty).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
