import { fromFixedPoint, toFixedPoint } from "@clan-platform/warehouse/testing/fixed-point.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { moneyDigits, moneyText, plus, splitDecimal } from "./money.ts";

const amount = fc.bigInt(0n, 10n ** 18n - 1n).map(fromFixedPoint);

function sum(amounts: string[]) {
  const all = { whole: 0, billionths: 0 };
  for (const decimal of amounts) {
    const [whole, billionths] = splitDecimal(decimal);
    all.whole += whole;
    all.billionths += billionths;
  }
  return all;
}

it("adds amounts without losing a digit", () => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 200 }), (amounts) => {
      const exact = amounts.reduce((total, decimal) => total + toFixedPoint(decimal), 0n);
      expect(moneyDigits(sum(amounts))).toBe(fromFixedPoint(exact));
      const [first = { whole: 0, billionths: 0 }, ...rest] = amounts.map((decimal) => sum([decimal]));
      expect(moneyDigits(rest.reduce(plus, first))).toBe(fromFixedPoint(exact));
    }),
  );
});

it.each([
  ["0", "$0.00"],
  ["0.1", "$0.10"],
  ["0.004999999", "$0.00"],
  ["0.005", "$0.01"],
  ["1.995", "$2.00"],
  ["0.999999999", "$1.00"],
  ["1234567.894", "$1,234,567.89"],
  ["999999999.999999999", "$1,000,000,000.00"],
])("formats %s as %s, rounding half a cent up", (decimal, text) => {
  expect(moneyText(sum([decimal]))).toBe(text);
});
