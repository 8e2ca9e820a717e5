import { JetStreamApiError } from "@nats-io/jetstream";

/** Error codes of JetStream (server/errors.json of nats-server) that are no failure to us. */
const codes = { noConsumer: 10014, streamExists: 10058, noStream: 10059 } as const;

/** Tells whether the server refused for one of these reasons. */
export function isRefusedFor(error: unknown, ...reasons: readonly (keyof typeof codes)[]): boolean {
  return error instanceof JetStreamApiError && reasons.some((reason) => codes[reason] === error.code);
}
