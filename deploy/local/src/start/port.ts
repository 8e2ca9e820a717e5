import { once } from "node:events";
import { createServer } from "node:net";

const preferred = 8000;
const tries = 100;

/** Where the gateway will listen. */
export interface ChosenPort {
  port: number;
  /** The port that would have been the one, had it been free. */
  insteadOf?: number;
}

/**
 * Chooses the gateway's port: the one that was asked for, or else 8000 or the next that is free. Throws when the one
 * that was asked for is taken.
 */
export async function choosePort(asked: number | undefined): Promise<ChosenPort> {
  if (asked !== undefined) {
    if (asked === 0 || (await isFree(asked))) return { port: asked };
    throw new Error(
      `Port ${asked} is taken: stop what listens there, or set HTTP_PORT to another, or to nothing to have one chosen.`,
    );
  }
  for (let port = preferred; port < preferred + tries; port += 1) {
    if (await isFree(port)) return port === preferred ? { port } : { port, insteadOf: preferred };
  }
  throw new Error(
    `Ports ${preferred} to ${preferred + tries - 1} are all taken: set HTTP_PORT to one that is free.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
