import { readFileSync } from "node:fs";
import { annotationMetrics } from "@clan-platform/warehouse/tables/annotations/metrics.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { allMeasures, cardMeasures, tableMeasures } from "./measures.ts";
import { anySums, sumsWith } from "./testing/example-sums.ts";

it("lists every measure once, those of the cards and tables among them", () => {
  const keys = allMeasures.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  expect(keys).toEqual(expect.arrayContaining([...cardMeasures, ...tableMeasures].map(({ key }) => key)));
});

it("has its meaning in docs/metrics.md, and annotations may be about it", () => {
  const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
  const explained = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, name]) => name);
  expect(explained).toEqual(expect.arrayContaining(allMeasures.map(({ label }) => label)));
  expect(annotationMetrics).toEqual(allMeasures.map(({ key }) => key));
});

it("divides the parts of every measure, and formats any value as its text does", () => {
  fc.assert(
    fc.property(fc.constantFrom(...allMeasures), anySums, (measure, sums) => {
      const [dividend, divisor] = measure.parts(sums);
      const value = measure.value(sums);
      expect(value).toBe(divisor === 0 ? null : dividend / divisor);
      // The text of an amount is rounded from all its digits, which may be a cent off from a number's.
      if (value !== null && measure.digits(sums).length < 15)
        expect(measure.format(value)).toBe(measure.text(sums));
    }),
  );
});

it.each([
  ["dau", -1234, "-1,234"],
  ["dau", -0.2, "0"],
  ["revenue", -1234.5, "-$1,234.50"],
  ["arpdau", -0.01234, "-$0.0123"],
  ["win_ratio", 0.12345, "12.35%"],
])("formats a difference of %s of %d as %s", (key, value, text) => {
  expect(allMeasures.find((measure) => measure.key === key)?.format(value)).toBe(text);
});

it("computes the sums of daily_metrics that no ratio shows", () => {
  const sums = sumsWith({ started: 5, ended: 4, victories: 3, defeats: 1, errors: 2 });
  const texts = Object.fromEntries(allMeasures.map((measure) => [measure.key, measure.text(sums)]));
  expect(texts).toMatchObject({
    matches_started: "5",
    matches_ended: "4",
    victories: "3",
    defeats: "1",
    server_errors: "2",
  });
});
