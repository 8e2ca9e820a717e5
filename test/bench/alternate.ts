/** The medians of alternating runs, and the median of each round's ratio to the bare program. */
export interface Comparison {
  bare: number;
  linecook: number;
  linecook_traced: number;
  ratio: number;
  ratio_traced: number;
}

type Runs = Record<"bare" | "linecook" | "linecook_traced", () => Promise<number>>;

/** Runs the three in turn, round after round, so that a noisy neighbour disturbs all of them alike. */
export async function alternate(rounds: number, runs: Runs): Promise<Comparison> {
  const measured: Record<keyof Runs, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push({
      bare: await runs.bare(),
      linecook: await runs.linecook(),
      linecook_traced: await runs.linecook_traced(),
    });
  }
  const median = (of: (round: Record<keyof Runs, number>) => number, digits: number) => {
    const sorted = measured.map(of).sort((a, b) => a - b);
    return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(digits));
  };
  return {
    bare: median(({ bare }) => bare, 0),
    linecook: median(({ linecook }) => linecook, 0),
    linecook_traced: median((round) => round.linecook_traced, 0),
    ratio: median(({ bare, linecook }) => linecook / bare, 2),
    ratio_traced: median(({ bare, linecook_traced }) => linecook_traced / bare, 2),
  };
}
