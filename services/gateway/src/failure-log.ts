import type { Logger } from "@linecook/telemetry";
import type { FastifyRequest } from "fastify";
import type { Problem } from "./problem.ts";

const everyMs = 1_000;

/** Logs what was answered with a 5xx: each failure of the gateway; of what is not available, one line a second. */
export class FailureLog {
  readonly #logger: Logger;
  readonly #silentUntil = new Map<string, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add({ code, kind, cause }: Problem, { method, url }: FastifyRequest): void {
    const entry = { method, path: url.split("?", 1)[0], code };
    if (kind.status === 500) {
      this.#logger.error({ ...entry, err: cause }, "request failed");
      return;
    }
    const now = performance.now();
    if (now < (this.#silentUntil.get(code) ?? 0)) return;
    this.#silentUntil.set(code, now + everyMs);
    const reason = cause instanceof Error ? cause.message : undefined;
    this.#logger.warn({ ...entry, reason }, "request could not be served");
  }
}
