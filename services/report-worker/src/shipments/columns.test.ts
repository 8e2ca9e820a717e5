import { describe, expect, it } from "vitest";
import { columns, matchColumns } from "./columns.ts";

describe("matchColumns", () => {
  it("finds the columns in any order and case", () => {
    const found = columns.map((name) => ` ${name.toUpperCase()}`).reverse();
    expect(matchColumns("a.csv", [...found, "comment"])).toMatchObject({
      cost: " COST",
      user_id: " USER_ID",
    });
  });

  it("takes a file without user_id", () => {
    const found = columns.filter((name) => name !== "user_id");
    expect(matchColumns("a.csv", found)).not.toHaveProperty("user_id");
  });

  it("does not take a misspelt user_id for none", () => {
    const found = columns.map((name) => (name === "user_id" ? "UserID" : name));
    expect(() => matchColumns("a.csv", found)).toThrow('a.csv lacks the column user_id (is it "UserID"?)');
  });

  it("says what is missing, what is there and which name is near", () => {
    const found = [
      "id",
      "carrier",
      "origin",
      "dest",
      "ship date",
      "shipped",
      "promised_at",
      "weight",
      "price",
    ];
    expect(() => matchColumns("ours.csv", found)).toThrow(
      'ours.csv lacks the columns shipment_id, destination (is it "dest"?), shipped_at (is it "shipped"?), ' +
        'delivered_at, weight_kg (is it "weight"?), cost. It has: id, carrier,',
    );
  });

  it("throws an error that no retry can mend", () => {
    expect(() => matchColumns("a.csv", [])).toThrow(
      expect.objectContaining({ code: "missing_columns", retryable: false }),
    );
  });
});
