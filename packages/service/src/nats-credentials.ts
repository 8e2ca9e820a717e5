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

interface CredentialsFile {
  path: string;
  variable: string;
  expected: string;
  authenticator: (content: Uint8Array) => Authenticator;
}

const nkeySeed = {
  variable: "NATS_NKEY_SEED_FILE",
  expected: "the seed of an nkey",
  authenticator: nkeyAuthenticator,
};
const creds = {
  variable: "NATS_CREDS_FILE",
  expected: "a user's JWT and seed",
  authenticator: credsAuthenticator,
};

/**
 * Makes what proves to a server who this service is. A file is read again at every connect, so that a rotated
 * key is taken up; while it cannot be used, the last good one is. Throws `NatsError` when there is none yet.
 */
export function credentials({ nkeySeedFile, credsFile, servers }: NatsConfig): Authenticator[] {
  if (nkeySeedFile) return [fromFile({ ...nkeySeed, path: nkeySeedFile })];
  if (credsFile) return [fromFile({ ...creds, path: credsFile })];
  return fromUrl(servers);
}

function fromFile(file: CredentialsFile): Authenticator {
  let lastGood = readChecked(file);
  return (nonce) => {
    try {
      lastGood = readChecked(file);
    } catch {
      // A file that is being replaced may be away or half there for a moment.
    }
    return file.authenticator(lastGood)(nonce);
  };
}

function readChecked({ path, variable, expected, authenticator }: CredentialsFile): Uint8Array {
  const content = read(path, variable);
  try {
    authenticator(content)("nonce");
  } catch {
    // Not with the cause: its words can hold a piece of the file.
    const message = `${path} does not hold ${expected}: check that ${variable} names the right file`;
    throw new NatsError("nats_credentials_unreadable", message);
  }
  return content;
}

function read(path: string, variable: string): Uint8Array {
  try {
    return Buffer.from(readFileSync(path, "utf8").trim());
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    const message = `${path} cannot be read (${reason}): check ${variable} and the permissions of the file`;
    throw new NatsError("nats_credentials_unreadable", message, { cause });
  }
}

function fromUrl(servers: readonly string[]): Authenticator[] {
  const url = servers.map((server) => URL.parse(server)).find((parsed) => parsed?.username);
  if (!url) return [];
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return [password ? usernamePasswordAuthenticator(user, password) : tokenAuthenticator(user)];
}
