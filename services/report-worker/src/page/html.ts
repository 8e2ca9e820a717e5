const markup = Symbol("markup");

/** Markup that is safe to put on a page: only {@link html} makes it. */
export interface Html {
  readonly [markup]: string;
}

type Content = Html | string | number | undefined | false | readonly Content[];

const special: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template that escapes whatever is put into it, unless a template like it made that. Quote every attribute. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  const parts = strings.map((text, index) => text + render(contents[index]));
  return { [markup]: parts.join("") };
}

/** The text of a finished page. */
export function textOf(page: Html): string {
  return page[markup];
}

/** A style element; its text is the author's own, and a stylesheet knows no escapes. */
export function styleElement(css: string): Html {
  return { [markup]: `<style>${css}</style>` };
}

function render(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string" || typeof content === "number") {
    return String(content).replace(/[&<>"']/g, (character) => special[character] ?? character);
  }
  return isList(content) ? content.map(render).join("") : content[markup];
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}
