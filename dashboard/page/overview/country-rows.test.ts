import { expect, it } from "vitest";
import { sumsWith } from "../figures/testing/example-sums.ts";
import { addressFrom } from "../state/address.ts";
import { countryRows } from "./country-rows.ts";
import type { OverviewFigures } from "./overview-figures.ts";

const group = (name: string, dau: number) => ({ name, sums: sumsWith({ dau, days: 7 }) });
const [turkey, brazil] = [group("TR", 90), group("BR", 30)];

it("a country without figures in the period, but in the baseline, has fallen by all it had", () => {
  const figures = {
    countries: [turkey, brazil],
    compared: { now: [turkey, brazil], before: [group("TR", 100), group("CO", 50), group("BR", 20)] },
    allCountries: sumsWith({ dau: 120, days: 7 }),
  } as OverviewFigures;
  const { table } = addressFrom(new URLSearchParams("?sort=change&order=asc"));
  const rows = countryRows(figures, table, []);
  expect(rows.map(({ name, sums, share, change }) => [name, sums.dau, share, change?.toFixed(1)])).toEqual([
    ["CO", 0, 0, "-1.0"],
    ["TR", 90, 0.75, "-0.1"],
    ["BR", 30, 0.25, "0.5"],
  ]);
  expect(rows[0]?.sums.days).toBe(7);
});
