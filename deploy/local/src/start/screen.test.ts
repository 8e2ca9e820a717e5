import { describe, expect, it } from "vitest";
import { Screen } from "./screen.ts";

function recorder(properties: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { ...properties, write: (text: string) => written.push(text), text: () => written.join("") };
}

describe("a screen", () => {
  it("writes plain lines and no status where there is no terminal", () => {
    const output = recorder();
    const screen = new Screen(output);
    screen.status("working");
    screen.fact("gateway", "there");
    screen.warn(screen.style("red", "careful"));
    expect(output.text()).toBe("  ✓ gateway              there\n  ! careful\n");
  });

  it("keeps the status below the lines of a terminal", () => {
    const output = recorder({ isTTY: true, columns: 80 });
    const screen = new Screen(output);
    screen.status("working");
    screen.line("done");
    screen.status("");
    expect(output.text()).toBe("\r\u001b[2Kworking\r\u001b[2Kdone\nworking\r\u001b[2K");
  });

  it("cuts a status that would wrap", () => {
    const output = recorder({ isTTY: true, columns: 8 });
    new Screen(output).status("0123456789");
    expect(output.text()).toBe("\r\u001b[2K0123456");
  });
});
