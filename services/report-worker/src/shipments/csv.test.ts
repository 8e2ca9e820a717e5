import { describe, expect, it } from "vitest";
import { parseHeader } from "./csv.ts";

describe("parseHeader", () => {
  it.each([
    ["a,b,c", ","],
    ["a;b,x;c;d", ";"],
    ["a\tb\tc", "\t"],
    ["a|b|c", "|"],
    ['"a,1,2,3";b;c', ";"],
    ["only", ","],
  ])("reads the delimiter off %j", (line, delimiter) => {
    expect(parseHeader(line).delimiter).toBe(delimiter);
  });

  it("takes quotes, blanks and the carriage return off the names", () => {
    expect(parseHeader('"shipment_id", cost ,"a,b"\r').columns).toEqual(["shipment_id", "cost", "a,b"]);
  });

  it("gives names to columns that have none, or that of another", () => {
    expect(parseHeader("cost,,Cost,").columns).toEqual(["cost", "column 2", "Cost (2)", "column 4"]);
  });
});
