import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";
import { Screen } from "./screen.ts";

describe("progress without a terminal", () => {
  it("is a line for each new thing that is done, and a last one", () => {
    const lines: string[] = [];
    const progress = new Progress(new Screen({ write: (text) => lines.push(text) }));
    const running = (fraction: number, message: string) =>
      progress.show({ state: "running", attempt: 1, progress: { fraction, message } });
    progress.show({ state: "queued", attempt: 1 });
    running(0.1, "reading");
    running(0.4, "reading");
    running(0.8, "writing");
    progress.show({ state: "retrying", attempt: 2 });
    progress.show({ state: "succeeded", attempt: 2 });
    progress.done();
    expect(lines.slice(0, -1)).toEqual([
      "    0%  queued\n",
      "   10%  reading\n",
      "   80%  writing\n",
      "    0%  retrying, attempt 2\n",
    ]);
    expect(lines.at(-1)).toMatch(/^ {2}100% {2}done in \d+\.\d s\n$/);
  });
});
