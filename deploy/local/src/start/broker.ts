import { findNatsServer, NatsServer, NatsServerError } from "@linecook/nats-server";
import { keepRunning } from "./keep-running.ts";

/** The broker of this machine. Disposing it stops it, and leaves what it stored. */
export interface LocalBroker extends AsyncDisposable {
  readonly url: string;
  readonly version: string;
  kill(): Promise<void>;
}

/** How the broker runs. */
export interface BrokerOptions {
  /** Where it stores. @default a temporary folder that goes with it */
  storeDir?: string | undefined;
  /** Told in one line each what is done to get it. */
  say: (line: string) => void;
  /** Told when it ends by itself, and when it is back. */
  warn: (line: string) => void;
}

// Where the services look by default, so that one started by hand finds it.
const preferredPort = 4222;

/** Finds a broker or fetches one, and runs it. When it ends by itself it is started again, on the same store. */
export async function startBroker({ storeDir, say, warn }: BrokerOptions): Promise<LocalBroker> {
  const { path, version } = await findNatsServer({ onStep: say });
  const server = await startServer(path, storeDir);
  const stopping = new AbortController();
  void keepRunning({
    name: "broker",
    ended: () => server.exited,
    again: () => server.restart(),
    signal: stopping.signal,
    say: warn,
  });
  return {
    url: server.url,
    version,
    async kill() {
      stopping.abort();
      await server.kill();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function startServer(binary: string, storeDir: string | undefined): Promise<NatsServer> {
  if (storeDir === undefined) return NatsServer.start({ binary });
  // Accepted means stored, across a power cut too: with one server that takes a flush for each message.
  const options = { binary, storeDir, syncInterval: "always" };
  try {
    return await NatsServer.start({ ...options, port: preferredPort });
  } catch (error) {
    if (!(error instanceof NatsServerError && error.code === "port_in_use")) throw error;
    return NatsServer.start(options);
  }
}
