import { expect, it } from "vitest";
import { shortMoney, shortNumber } from "./short-numbers.ts";

it.each([
  [0, "$0"],
  [0.02, "$0.02"],
  [0.015, "$0.015"],
  [2, "$2"],
  [12_500, "$12.5K"],
  [1_250_000, "$1.25M"],
])("formats %d USD as %s, so that the ticks of an axis differ", (amount, text) => {
  expect(shortMoney(amount)).toBe(text);
  expect(shortNumber(amount)).toBe(text.slice(1));
});

it.each([
  [0.3, "$0.30"],
  [2.5, "$2.50"],
  [0.0025, "$0.0025"],
])("formats %d USD as %s, to the cent as amounts are", (amount, text) => {
  expect(shortMoney(amount)).toBe(text);
});
