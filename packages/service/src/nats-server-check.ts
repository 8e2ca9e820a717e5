import type { NatsConnection } from "nats";
import { NatsError } from "./nats-error.ts";

const needed = { major: 2, minor: 14 };

/** Throws `NatsError` unless the server is 2.14 or newer and has JetStream. */
export function requireUsableServer(connection: NatsConnection): void {
  const { version = "unknown", jetstream = false } = connection.info ?? {};
  const server = connection.getServer();
  if (!isNewEnough(version)) {
    throw new NatsError(
      "nats_server_too_old",
      `The NATS server ${server} is version ${version}, and ${needed.major}.${needed.minor} or newer is needed: upgrade it, or set NATS_URL to another`,
    );
  }
  if (!jetstream) {
    throw new NatsError(
      "nats_jetstream_disabled",
      `The NATS server ${server} runs without JetStream: start it with --jetstream, or add "jetstream {}" to its configuration`,
    );
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return major > needed.major || (major === needed.major && minor >= needed.minor);
}
