/** Does something at most once in a while: who asks sooner gets the last outcome, or the one on its way. */
export function recently<Result>(whileMs: number, work: () => Promise<Result>): () => Promise<Result> {
  let last: Promise<Result> | undefined;
  let goodUntil = 0;
  return () => {
    if (last === undefined || performance.now() >= goodUntil) {
      goodUntil = Number.POSITIVE_INFINITY;
      last = work().finally(() => {
        goodUntil = performance.now() + whileMs;
      });
    }
    return last;
  };
}
