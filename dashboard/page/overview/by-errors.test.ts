import { expect, it } from "vitest";
import { noSums } from "../figures/sums.ts";
import { byErrors } from "./by-errors.ts";

it("a country with a few users and an error comes after a large one with a high ratio", () => {
  const countries = [
    ["TM", 3, 2],
    ["TR", 37_000, 9_250],
    ["BR", 33_000, 1_500],
    ["JO", 780, 260],
  ].map(([name, dau, errors]) => ({
    name: String(name),
    sums: { ...noSums, dau: Number(dau), errors: Number(errors) },
  }));
  expect(byErrors(countries).map(({ name }) => name)).toEqual(["TR", "JO", "TM", "BR"]);
});
