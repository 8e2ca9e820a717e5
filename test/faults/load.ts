import { setTimeout as delay } from "node:timers/promises";

/** What became of the submissions of a load. */
export interface Load {
  /** The ids that were answered with 202. */
  readonly accepted: Set<string>;
  /** How often each other answer came: a status, or `no answer`. */
  readonly refused: Map<string, number>;
  /** Stops submitting and waits for the last answers. */
  stop(): Promise<void>;
}

/** Submits a task over HTTP, again and again, from several clients at once, each with a moment between. */
export function startLoad(
  urls: () => string,
  task: string,
  input: () => unknown,
  { clients = 16, pauseMs = 10 } = {},
): Load {
  const accepted = new Set<string>();
  const refused = new Map<string, number>();
  const stopped = new AbortController();
  const submit = async () => {
    const response = await fetch(`${urls()}/v1/tasks/${task}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ input: input() }),
    });
    const body = (await response.json()) as { task_id: string };
    if (response.status !== 202) return String(response.status);
    accepted.add(body.task_id);
    return undefined;
  };
  const client = async () => {
    while (!stopped.signal.aborted) {
      const other = await submit().catch(() => "no answer");
      if (other !== undefined) refused.set(other, (refused.get(other) ?? 0) + 1);
      await delay(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    accepted,
    refused,
    async stop() {
      stopped.abort();
      await all;
    },
  };
}
