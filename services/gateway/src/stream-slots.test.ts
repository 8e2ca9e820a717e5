import { expect, it } from "vitest";
import { StreamSlots } from "./stream-slots.ts";

it("refuses a client that has as many as it may, and nobody else", () => {
  const slots = new StreamSlots(10, 1);
  const first = slots.take("10.0.0.1");
  expect(() => slots.take("10.0.0.1")).toThrow(
    expect.objectContaining({ code: "too_many_streams_of_client" }),
  );
  slots.take("10.0.0.2");
  first[Symbol.dispose]();
  slots.take("10.0.0.1");
  expect(slots.open).toBe(2);
});

it("refuses everybody when all are taken, until one is given back", () => {
  const slots = new StreamSlots(1);
  const only = slots.take("10.0.0.1");
  expect(() => slots.take("10.0.0.2")).toThrow(expect.objectContaining({ code: "too_many_streams" }));
  only[Symbol.dispose]();
  slots.take("10.0.0.2")[Symbol.dispose]();
  expect(slots.open).toBe(0);
});
