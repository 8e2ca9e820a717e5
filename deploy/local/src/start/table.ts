const longestName = 34;
const gap = "   ";

/** Lines up rows of text: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const shortened = rows.map(([name = "", ...cells]) => [shorten(name), ...cells]);
  const widths = (shortened[0] ?? []).map((_, column) =>
    Math.max(...shortened.map((row) => row[column]?.length ?? 0)),
  );
  return shortened.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(gap),
  );
}

function shorten(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}
