import { expect, it } from "vitest";
import { measureOf } from "../figures/measures.ts";
import type { Sums } from "../figures/sums.ts";
import { sumsWith } from "../figures/testing/example-sums.ts";
import { shareOfChange, signed, signedBetween } from "./signed.ts";

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

const victories = (of: number): Partial<Sums> => ({ victories: of, ended: 100_000 });
const errors = (of: number): Partial<Sums> => ({ errors: of, dau: 1_000_000 });

it.each([
  [
    "win_ratio",
    victories(44_688),
    victories(44_154),
    "+0.54 points",
    "44.69% and 44.15%, which differ by 0.534 points",
  ],
  ["win_ratio", victories(44_154), victories(44_688), "−0.54 points", "the same backwards"],
  ["win_ratio", victories(44_152), victories(44_150), "hardly changed", "both 44.15%"],
  [
    "errors_per_dau",
    errors(1_249),
    errors(1_151),
    "hardly changed",
    "0.0012 and 0.0012, which differ by 0.0001",
  ],
  ["errors_per_dau", errors(1_151), errors(1_151), "unchanged", "equal"],
  ["errors_per_dau", errors(1_250), errors(1_150), "+0.0001", "0.0013 and 0.0012"],
  ["win_ratio", victories(44_688), { victories: 0, ended: 0 }, "–", "a figure without a value"],
])("a change of %s between %j and %j reads %s: %s", (key, now, before, text) => {
  expect(signedBetween(measureOf(key), sumsWith(now), sumsWith(before))).toBe(text);
});

it.each([
  [1.01, "101.0%"],
  [-0.002, "−0.2%"],
  [-0.0001, "0.0%"],
])("a part of %d of the change reads %s", (share, text) => {
  expect(shareOfChange(share)).toBe(text);
});
