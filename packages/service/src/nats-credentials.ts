import { readFileSync } from "node:fs";
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats";
import { NatsError } from "./nats-error.ts";
import type { NatsConfig } from "./variable-groups.ts";

/**
 * Makes what proves to a server who this service is. A file is read again at every connect, so that a rotated
 * key is taken up; when it cannot be read then, the last one that could be is used. Throws `NatsError` when it
 * cannot be read now, or is not what it should be.
 */
export function credentials(config: NatsConfig): Authenticator[] {
  const { nkeySeedFile, credsFile } = config;
  if (nkeySeedFile) {
    return [
      checked(
        nkeyAuthenticator(fileReader(nkeySeedFile)),
        `NATS_NKEY_SEED_FILE (${nkeySeedFile})`,
        "the seed of an nkey",
      ),
    ];
  }
  if (credsFile) {
    return [
      checked(
        credsAuthenticator(fileReader(credsFile)),
        `NATS_CREDS_FILE (${credsFile})`,
        "a user's JWT and seed",
      ),
    ];
  }
  return userOfUrl(config.servers);
}

function checked(authenticator: Authenticator, source: string, expected: string): Authenticator {
  try {
    authenticator("nonce");
    return authenticator;
  } catch (cause) {
    if (cause instanceof NatsError) throw cause;
    // Not the cause's words: they can hold a piece of the file.
    throw new NatsError(
      "nats_credentials_unreadable",
      `${source} does not hold ${expected}: check that it is the right file`,
    );
  }
}

function fileReader(path: string): () => Uint8Array {
  let last: Uint8Array | undefined;
  return () => {
    try {
      last = Buffer.from(readFileSync(path, "utf8").trim());
    } catch (cause) {
      if (!last) throw unreadable(path, cause);
    }
    return last ?? new Uint8Array();
  };
}

function unreadable(path: string, cause: unknown): NatsError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const message = `The NATS credentials ${path} cannot be read (${reason}): check the path and its permissions`;
  return new NatsError("nats_credentials_unreadable", message, { cause });
}

function userOfUrl(servers: readonly string[]): Authenticator[] {
  const url = servers.map((server) => URL.parse(server)).find((parsed) => parsed?.username);
  if (!url) return [];
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return [password ? usernamePasswordAuthenticator(user, password) : tokenAuthenticator(user)];
}
