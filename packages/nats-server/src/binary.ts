import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";
import { runCommand } from "./run-command.ts";
import { isNewEnough, oldestVersion, parseVersion } from "./version.ts";

/** A nats-server that runs on this machine and is new enough. */
export interface FoundNatsServer {
  /** Where the binary is. */
  path: string;
  /** Its version, without the `v`: `2.15.0`. */
  version: string;
  /** Which way led to it. */
  source: "explicit" | "path" | "cache" | "release" | "debian";
}

/** The file name of the server on this platform. */
export const binaryName = process.platform === "win32" ? "nats-server.exe" : "nats-server";

/** Asks a binary for its version, which shows at the same time that it runs here; throws when it does not, or is too old. */
export async function checkBinary(path: string): Promise<string> {
  const printed = await runCommand(path, ["--version"]).catch((thrown: unknown) => {
    throw new NatsServerError("bad_binary", `${path} does not run here (${reasonOf(thrown)})`, {
      cause: thrown,
    });
  });
  const version = parseVersion(printed);
  if (version && isNewEnough(version)) return version;
  const what = version ? `is ${version}` : `printed no version but ${JSON.stringify(printed.slice(0, 80))}`;
  throw new NatsServerError("bad_binary", `${path} ${what}; ${oldestVersion} or newer is needed`);
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
