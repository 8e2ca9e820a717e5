const atOnce = 512;

/** Does something `count` times, 512 at once, and waits until all are done. */
export async function spread(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}
