/** The oldest nats-server that has what Linecook needs: cron and `@at` message schedules. */
export const oldestVersion = "2.14.0";

/** Reads `2.15.1` out of what `nats-server --version` prints; undefined when there is no version in it. */
export function parseVersion(printed: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(printed)?.[1];
}

/** Orders two versions by their numbers; a pre-release counts as its release. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [numbersOf(left), numbersOf(right)];
  for (const [index, number] of a.entries()) {
    const difference = number - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isNewEnough(version: string): boolean {
  return compareVersions(version, oldestVersion) >= 0;
}

function numbersOf(version: string): number[] {
  const [release = ""] = version.split("-");
  return release.split(".").map(Number);
}
