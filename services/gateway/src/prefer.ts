/** How long a `Prefer` header (RFC 7240) asks to wait, in whole seconds; nothing when it does not, or makes no sense. */
export function preferredWaitS(header: string | string[] | undefined): number | undefined {
  const preferences = (typeof header === "string" ? header : (header?.join() ?? "")).split(/[,;]/);
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*$/i.exec(preference)?.[1];
    if (seconds !== undefined) return Number(seconds);
  }
  return undefined;
}
