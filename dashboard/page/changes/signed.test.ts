import { expect, it } from "vitest";
import { measureOf } from "../figures/measures.ts";
import { shareOfChange, signed } from "./signed.ts";

it.each([
  ["errors_per_dau", 0.9235, "+0.9235"],
  ["errors_per_dau", -0.00001, "0.0000"],
  ["errors_per_dau", 0.00001, "0.0000"],
  ["errors_per_dau", 0, "±0.0000"],
  ["revenue", -12.5, "−$12.50"],
  ["win_ratio", -0.0123, "−1.23 points"],
  ["win_ratio", 0.00001, "+0.001 points"],
])("a change of %s by %d reads %s", (key, change, text) => {
  expect(signed(measureOf(key), change)).toBe(text);
});

it.each([
  [1.01, "101%"],
  [-0.002, "−0.2%"],
  [-0.0001, "0%"],
])("a part of %d of the change reads %s", (share, text) => {
  expect(shareOfChange(share)).toBe(text);
});
