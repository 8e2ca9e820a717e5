import { describe, expect, it } from "vitest";
import { html, textOf } from "./html.ts";

const attack = `"><script>alert('1')</script>&`;

describe("html", () => {
  it("escapes what is put into text and attributes", () => {
    const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
    expect(textOf(html`<p title="${attack}">${attack}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it("keeps what another template made, also in lists, and leaves out what is not there", () => {
    const items = ["a<b", "c"].map((item) => html`<li>${item}</li>`);
    expect(textOf(html`<ul>${items}${undefined}${false}${0}</ul>`)).toBe(
      "<ul><li>a&lt;b</li><li>c</li>0</ul>",
    );
  });

  it("does not take an object of the data for markup", () => {
    const forged = JSON.parse('{"markup": "<script>"}');
    expect(textOf(html`<p>${forged}</p>`)).not.toContain("<script>");
  });
});
