import fc from "fast-check";
import { expect, it } from "vitest";
import { coverageText, pairDays, pairsText } from "./like-for-like.ts";
import { moneyDigits, moneyText } from "./money.ts";
import { minusSums, plusSums, type Sums, sumOf } from "./sums.ts";
import { anySums, series } from "./testing/example-sums.ts";

const usd = (whole: number, billionths = 0) => ({ whole, billionths });

it("adds up only the days that have figures on both sides", () => {
  const now = series("2026-03-08", [{ dau: 1 }, undefined, { dau: 4 }, { dau: 8 }]);
  const before = series("2026-03-01", [{ dau: 16 }, { dau: 32 }, undefined, { dau: 64 }]);
  const pair = pairDays(now, before);
  expect(pair).toMatchObject({ now: { dau: 9, days: 2 }, before: { dau: 80, days: 2 }, pairs: 2, days: 4 });
  expect(pair && pairsText(pair)).toBe(
    "2 of 4 days are compared: the others have no figures in one of the periods",
  );
});

it("has nothing to compare where no day has figures on both sides", () => {
  expect(
    pairDays(series("2026-03-08", [{}, undefined]), series("2026-03-01", [undefined, {}])),
  ).toBeUndefined();
  expect(pairDays([], [])).toBeUndefined();
});

it("refuses series of different lengths", () => {
  expect(() => pairDays(series("2026-03-08", [{}]), [])).toThrow("Series of 1 and 0 days");
});

it("says how many days have figures, unless all have", () => {
  const days = series("2026-03-01", [...Array(27).fill({}), undefined, undefined, undefined]);
  expect(coverageText(days)).toBe("27 of 30 days have figures");
  expect(coverageText(days.slice(26, 28))).toBe("1 of 2 days has figures");
  expect(coverageText(days.slice(0, 27))).toBeUndefined();
  expect(pairsText({ pairs: 30, days: 30 })).toBeUndefined();
});

it("adds and subtracts sums exactly", () => {
  const digits = ({ iap, ad, ...numbers }: Sums) => ({
    ...numbers,
    iap: moneyDigits(iap),
    ad: moneyDigits(ad),
  });
  fc.assert(
    fc.property(anySums, anySums, (a, b) => {
      expect(digits(minusSums(plusSums(a, b), b))).toEqual(digits(a));
      expect(digits(plusSums(minusSums(a, b), b))).toEqual(digits(a));
      const days = [a, b].map((sums) => ({ name: "2026-03-01", sums }));
      expect(digits(sumOf(days))).toEqual(digits(plusSums(a, b)));
    }),
  );
});

it("formats negative amounts, rounding half a cent away from zero", () => {
  expect([usd(-1, 500_000_000), usd(-3, 995_000_000), usd(-1, 0)].map(moneyText)).toEqual([
    "-$0.50",
    "-$2.01",
    "-$1.00",
  ]);
  expect(moneyDigits(usd(-1, 500_000_001))).toBe("-0.499999999");
});
