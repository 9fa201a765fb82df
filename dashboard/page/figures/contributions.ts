import type { Measure } from "./measure.ts";
import { type Group, minusSums, noSums, type Sums, sumOfGroups } from "./sums.ts";

/** What a group (a country, a platform) added to the change of a measure. */
export interface Contribution {
  name: string;
  now: Sums | undefined;
  before: Sums | undefined;
  /** mix + rate */
  total: number;
  /** Of a ratio: the group's share of the divisor changed. */
  mix: number;
  /** Of a ratio: the group's own ratio changed. Of a sum: all of it. */
  rate: number;
}

interface Days {
  now: number;
  before: number;
}

/**
 * Splits the change of a measure between two periods over its groups, ranked by size; their totals add up to it.
 *
 * A sum's parts are the groups' differences. A ratio R = N / D is the mean of the groups' ratios r = N_g / D_g, weighted by
 * their shares s = D_g / D, and its change is split at the midpoints:
 *
 *     rate = mean(s) · Δr        mix = Δs · (mean(r) − mean(R))
 *
 * after E. M. Kitagawa, "Components of a Difference Between Two Rates", Journal of the American Statistical
 * Association 50 (1955), doi:10.1080/01621459.1955.10501299. Subtracting mean(R), which cancels out over all groups, makes
 * growth of a group with a high ratio push the ratio up and of one with a low ratio push it down. A group without a
 * divisor on one side has no ratio there: it is all mix. Where the ratio as a whole has no divisor on a side,
 * there is no change to split: no parts.
 */
export function contributionsOf(
  measure: Measure,
  now: Group[],
  before: Group[],
  days: Days,
): { total: number; parts: Contribution[] } {
  const all = { now: sumOfGroups(now), before: sumOfGroups(before) };
  const split = splitterOf(measure, all, days);
  if (!split) return { total: 0, parts: [] };
  const sides = { now: sumsByName(now), before: sumsByName(before) };
  const parts = [...new Set([...sides.now.keys(), ...sides.before.keys()])].map((name) => {
    const [of, was] = [sides.now.get(name), sides.before.get(name)];
    return { name, now: of, before: was, ...split(of ?? noSums, was ?? noSums) };
  });
  return { total: split(all.now, all.before).total, parts: parts.sort(bySize) };
}

/** The first parts, and all others as one. */
export function topOf(
  parts: Contribution[],
  count: number,
): { shown: Contribution[]; rest: Contribution | undefined } {
  const others = parts.slice(count);
  if (others.length === 0) return { shown: parts, rest: undefined };
  const add = (of: (part: Contribution) => number) => others.reduce((total, part) => total + of(part), 0);
  return {
    shown: parts.slice(0, count),
    rest: {
      name: others.length === 1 ? "1 other" : `${others.length} others`,
      now: joined(others.map(({ now }) => now)),
      before: joined(others.map(({ before }) => before)),
      total: add(({ total }) => total),
      mix: add(({ mix }) => mix),
      rate: add(({ rate }) => rate),
    },
  };
}

const sumsByName = (groups: Group[]) => new Map(groups.map(({ name, sums }) => [name, sums]));
const bySize = (a: Contribution, b: Contribution): number =>
  Math.abs(b.total) - Math.abs(a.total) || (a.name < b.name ? -1 : 1);

type Split = (now: Sums, before: Sums) => Pick<Contribution, "total" | "mix" | "rate">;

/** How a measure's change is split; undefined if it has no value on a side. */
function splitterOf(measure: Measure, all: { now: Sums; before: Sums }, days: Days): Split | undefined {
  if (measure.isSum) return (now, before) => onlyRate(measure.parts(minusSums(now, before))[0]);
  if (measure.isPerDay) {
    if (days.now === 0 || days.before === 0) return undefined;
    return (now, before) =>
      onlyRate(measure.parts(now)[0] / days.now - measure.parts(before)[0] / days.before);
  }
  const [n1, d1] = measure.parts(all.now);
  const [n0, d0] = measure.parts(all.before);
  if (d1 === 0 || d0 === 0) return undefined;
  const meanRatio = (n1 / d1 + n0 / d0) / 2;
  return (now, before) => {
    const [dividend, divisor] = measure.parts(now);
    const [dividendBefore, divisorBefore] = measure.parts(before);
    const [share, shareBefore] = [divisor / d1, divisorBefore / d0];
    const rate =
      divisor === 0 || divisorBefore === 0
        ? 0
        : ((share + shareBefore) / 2) * (dividend / divisor - dividendBefore / divisorBefore);
    // s₁r₁ − s₀r₀ is the whole of rate and mix, and is defined for a group without a divisor too.
    const total = dividend / d1 - dividendBefore / d0 - (share - shareBefore) * meanRatio;
    return { total, mix: total - rate, rate };
  };
}

const onlyRate = (total: number) => ({ total, mix: 0, rate: total });

function joined(sides: (Sums | undefined)[]): Sums | undefined {
  const groups = sides.flatMap((sums) => (sums ? [{ name: "", sums }] : []));
  return groups.length > 0 ? sumOfGroups(groups) : undefined;
}
