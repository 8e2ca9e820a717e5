import { delimiter, isAbsolute, join } from "node:path";
import { binaryName, checkBinary, type FoundNatsServer, isExecutable } from "./binary.ts";
import { reasonOf } from "./nats-server-error.ts";

/** The first nats-server on `PATH` that runs and is new enough; each one that is not is named and skipped. */
export async function findOnPath(
  pathVariable: string,
  onStep: (line: string) => void,
): Promise<FoundNatsServer | undefined> {
  for (const folder of new Set(pathVariable.split(delimiter).filter(isAbsolute))) {
    const path = join(folder, binaryName);
    if (!(await isExecutable(path))) continue;
    try {
      return { path, version: await checkBinary(path), source: "path" };
    } catch (thrown) {
      onStep(`Skipped: ${reasonOf(thrown)}`);
    }
  }
  return undefined;
}
