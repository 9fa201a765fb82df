import { expect, it } from "vitest";
import { shortMoney, shortNumber } from "./short-numbers.ts";

it.each([
  [0, "$0"],
  [0.02, "$0.02"],
  [0.015, "$0.015"],
  [2.5, "$2.5"],
  [12_500, "$12.5K"],
  [1_250_000, "$1.25M"],
])("formats %d USD as %s, so that the ticks of an axis differ", (amount, text) => {
  expect(shortMoney(amount)).toBe(text);
  expect(shortNumber(amount)).toBe(text.slice(1));
});
