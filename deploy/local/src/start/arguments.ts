import { parseArgs } from "node:util";

/** What `start` is asked to do. */
export interface StartArguments {
  once: boolean;
  verbose: boolean;
  help: boolean;
  /** Where it keeps what outlives it. */
  folder?: string | undefined;
}

export const usage = `Runs Linecook on this machine: a broker, the gateway and the workers, and has a first report made.

  npx pnpm@12 start [options]

  --once      end after the first report, with exit code 0 if it succeeded; nothing is kept
  --verbose   show what the services log; without it only warnings and worse
  --folder    where to keep what was accepted, for the next start; without it .linecook
  --help      show this

  NATS_URL    use this broker instead of one of its own
  HTTP_PORT   where the gateway listens; without it 8000, or the next port that is free
  SMTP_URL    send mails there; without it they are caught and shown here
  SHIPMENTS   make reports from these files, a path or a glob; without it from a sample
`;

/** Reads the arguments. Throws when one is unknown. */
export function parseArguments(args: readonly string[]): StartArguments {
  // Package managers pass on the "--" that tells their own options from ours.
  const ours = args[0] === "--" ? args.slice(1) : [...args];
  const flag = { type: "boolean", default: false } as const;
  const options = {
    once: flag,
    verbose: flag,
    folder: { type: "string" },
    help: { ...flag, short: "h" },
  } as const;
  try {
    return parseArgs({ args: ours, options }).values;
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}: --help lists what there is.`, {
      cause,
    });
  }
}
