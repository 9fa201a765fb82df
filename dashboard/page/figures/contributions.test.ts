import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Contribution, contributionsOf, topOf } from "./contributions.ts";
import type { Measure } from "./measure.ts";
import { allMeasures } from "./measures.ts";
import { type Group, type Sums, sumOfGroups } from "./sums.ts";
import { anySums, sumsWith } from "./testing/example-sums.ts";

const measureOf = (key: string) => allMeasures.find((measure) => measure.key === key) as Measure;
const group = (name: string, some: Partial<Sums>): Group => ({ name, sums: sumsWith(some) });
const days = { now: 1, before: 1 };
const effects = ({ parts }: { parts: Contribution[] }) =>
  Object.fromEntries(parts.map(({ name, mix, rate }) => [name, { mix, rate }]));

/** Groups that come and go, some of them without a divisor. */
const groups = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("A", "B", "C", "D", "E", "F"),
    sums: fc.oneof(
      anySums,
      anySums.map((sums) => ({ ...sums, dau: 0, ended: 0 })),
    ),
  }),
  { selector: ({ name }) => name },
);

/** The change of a measure over one day, from the groups' sums and nothing else. */
function directChange(measure: Measure, now: Group[], before: Group[]): { change: number; scale: number } {
  const [a, b] = [now, before].map((side) => {
    const [dividend, divisor] = measure.parts(sumOfGroups(side));
    if (measure.isPerDay) return dividend;
    return divisor === 0 ? Number.NaN : dividend / divisor;
  }) as [number, number];
  return { change: a - b, scale: Math.max(Math.abs(a), Math.abs(b)) };
}

it("splits a change into parts that add up to it, each of mix and rate", () => {
  fc.assert(
    fc.property(fc.constantFrom(...allMeasures), groups, groups, (measure, now, before) => {
      const { total, parts } = contributionsOf(measure, now, before, days);
      const { change, scale } = directChange(measure, now, before);
      if (Number.isNaN(change)) {
        expect({ total, parts }).toEqual({ total: 0, parts: [] });
        return;
      }
      // The parts may be far greater than what remains of them in the total.
      const size = parts.reduce((sum, part) => sum + Math.abs(part.mix) + Math.abs(part.rate), scale);
      const isNear = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * size);
      isNear(total, change);
      isNear(
        parts.reduce((sum, part) => sum + part.mix + part.rate, 0),
        change,
      );
      for (const part of parts) isNear(part.total, part.mix + part.rate);
      const sizes = parts.map((part) => Math.abs(part.total));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(parts.map(({ name }) => name).sort()).toEqual(
        [...new Set([...now, ...before].map(({ name }) => name))].sort(),
      );
    }),
    { numRuns: 500 },
  );
});

it("splits the average DAU by the days of the periods, not of the groups", () => {
  const found = contributionsOf(
    measureOf("average_dau"),
    [group("A", { dau: 700, days: 7 }), group("B", { dau: 70, days: 1 })],
    [group("A", { dau: 700, days: 7 })],
    { now: 7, before: 14 },
  );
  expect(found).toMatchObject({
    total: 60,
    parts: [
      { name: "A", total: 50, mix: 0, rate: 50 },
      { name: "B", total: 10, mix: 0, rate: 10, before: undefined },
    ],
  });
  expect(contributionsOf(measureOf("average_dau"), [], [], { now: 7, before: 0 }).parts).toEqual([]);
});

describe("the change of a ratio", () => {
  const winRatio = measureOf("win_ratio");
  it("is rate where the shares stay", () => {
    const found = contributionsOf(
      winRatio,
      [group("A", { ended: 500, victories: 300 }), group("B", { ended: 500, victories: 250 })],
      [group("A", { ended: 100, victories: 50 }), group("B", { ended: 100, victories: 50 })],
      days,
    );
    expect(found.total).toBeCloseTo(0.05, 12);
    expect(found.parts.map(({ name }) => name)).toEqual(["A", "B"]);
    expect(effects(found).A?.rate).toBeCloseTo(0.05, 12);
    expect(effects(found).A?.mix).toBeCloseTo(0, 12);
    expect(effects(found).B?.rate).toBeCloseTo(0, 12);
  });
  it("is mix where the groups' ratios stay", () => {
    const found = contributionsOf(
      winRatio,
      [group("A", { ended: 300, victories: 180 }), group("B", { ended: 100, victories: 40 })],
      [group("A", { ended: 100, victories: 60 }), group("B", { ended: 100, victories: 40 })],
      days,
    );
    // A, with the higher ratio, grew from 1/2 to 3/4: the ratio rose from 50 % to 55 %, by both equally far from 52.5 %.
    expect(found.total).toBeCloseTo(0.05, 12);
    expect(effects(found).A?.mix).toBeCloseTo(0.25 * (0.6 - 0.525), 12);
    expect(effects(found).B?.mix).toBeCloseTo(-0.25 * (0.4 - 0.525), 12);
    expect(effects(found).A?.rate).toBeCloseTo(0, 12);
  });
  it("takes the midpoints of both", () => {
    const found = contributionsOf(
      winRatio,
      [group("A", { ended: 300, victories: 150 }), group("B", { ended: 100, victories: 40 })],
      [group("A", { ended: 100, victories: 30 }), group("B", { ended: 100, victories: 40 })],
      days,
    );
    const meanRatio = (190 / 400 + 70 / 200) / 2;
    expect(effects(found).A?.rate).toBeCloseTo(((0.75 + 0.5) / 2) * (0.5 - 0.3), 12);
    expect(effects(found).A?.mix).toBeCloseTo(0.25 * ((0.5 + 0.3) / 2 - meanRatio), 12);
  });
  it("is all mix for a group that comes or goes", () => {
    const found = contributionsOf(
      winRatio,
      [group("A", { ended: 100, victories: 50 }), group("B", { ended: 100, victories: 90 })],
      [group("A", { ended: 100, victories: 50 }), group("C", { ended: 100, victories: 10 })],
      days,
    );
    const meanRatio = (0.7 + 0.3) / 2;
    expect(effects(found).B?.mix).toBeCloseTo(0.5 * (0.9 - meanRatio), 12);
    expect(effects(found).C?.mix).toBeCloseTo(-0.5 * (0.1 - meanRatio), 12);
    expect(effects(found).B?.rate).toBe(0);
  });
});

it("takes a side without rows as zero for sums, and splits nothing for ratios", () => {
  expect(contributionsOf(measureOf("dau"), [], [group("A", { dau: 5 })], days)).toMatchObject({
    total: -5,
    parts: [{ name: "A", total: -5, now: undefined }],
  });
  expect(contributionsOf(measureOf("arpdau"), [], [group("A", {})], days)).toEqual({ total: 0, parts: [] });
  expect(contributionsOf(measureOf("dau"), [], [], days)).toEqual({ total: 0, parts: [] });
});

it("shows the first parts, and all others as one with the same total", () => {
  const now = [1, 2, 3, 4].map((factor) => group(`${factor}`, { dau: 1000 + 10 * factor }));
  const { parts, total } = contributionsOf(
    measureOf("dau"),
    now,
    now.map(({ name }) => group(name, {})),
    days,
  );
  const { shown, rest } = topOf(parts, 2);
  expect(shown.map(({ name }) => name)).toEqual(["4", "3"]);
  expect(rest).toMatchObject({
    name: "2 others",
    total: 30,
    now: { dau: 2030, days: 1 },
    before: { dau: 2000 },
  });
  expect([...shown, rest].reduce((sum, part) => sum + (part?.total ?? 0), 0)).toBe(total);
  expect(topOf(parts, 4)).toEqual({ shown: parts, rest: undefined });
  expect(topOf(parts, 3).rest?.name).toBe("1 other");
});
