import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { NatsServerError, reasonOf } from "./nats-server-error.ts";

/** How long a server may stay silent. */
export interface DownloadPatience {
  /** Until the answer begins. @default 5000 */
  answerMs?: number;
  /** Between two pieces of it. @default 15000 */
  stallMs?: number;
}

/** Downloads a file and returns its SHA-256; throws when the server refuses, cannot be reached, or falls silent. */
export async function download(
  url: string,
  target: string,
  patience: DownloadPatience = {},
): Promise<string> {
  const { answerMs = 5_000, stallMs = 15_000 } = patience;
  const abort = new AbortController();
  const giveUp = (what: string) => abort.abort(new Error(what));
  let timer = setTimeout(giveUp, answerMs, `no answer within ${answerMs / 1000} s`);
  const hash = createHash("sha256");
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, stallMs, `nothing more came for ${stallMs / 1000} s`);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body)
      throw new Error(`the answer was ${response.status} ${response.statusText}`);
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(target));
    return hash.digest("hex");
  } catch (thrown) {
    const reason = abort.signal.aborted ? abort.signal.reason : underlying(thrown);
    throw new NatsServerError("fetch_failed", reasonOf(reason), { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says only that it failed; what happened stands in its cause. */
function underlying(thrown: unknown): unknown {
  return thrown instanceof TypeError && thrown.cause ? thrown.cause : thrown;
}
