import { type ComparedRanges, comparedRanges } from "../figures/compared-ranges.ts";
import { contributionsOf } from "../figures/contributions.ts";
import { type Measure, measureOf } from "../figures/measures.ts";
import type { Known } from "../figures/periods.ts";
import { groupsOf } from "../figures/series.ts";
import { type Sums, sumOfGroups } from "../figures/sums.ts";
import type { Address } from "../state/address.ts";
import { daysWithFigures } from "../state/asked-days.ts";
import type { Frame } from "../state/frame.ts";
import type { AskFigures } from "../state/questions.ts";

type Contributions = ReturnType<typeof contributionsOf>;

export interface ChangesFigures {
  measure: Measure;
  /** Undefined where there is nothing to compare with. */
  compared: Compared | undefined;
}

/** Both sides, and what moved the one to the other. */
export interface Compared {
  ranges: ComparedRanges;
  now: Sums;
  before: Sums;
  countries: Contributions;
  platforms: Contributions;
  memberships: Contributions;
}

/** What moved a measure; undefined while an answer is missing. */
export function buildChanges(
  { metric }: Address,
  { selection, resolved }: Frame,
  known: Known,
  ask: AskFigures,
): ChangesFigures | undefined {
  const measure = measureOf(metric);
  const { range, before } = resolved;
  const ranges = before && comparedRanges(range, before, daysWithFigures(resolved, known));
  if (!ranges) return { measure, compared: undefined };
  const { platform, countries } = selection;
  const by = (dimension: "country" | "platform" | "membership") => {
    const now = ask({ ...ranges.now, by: [dimension], platform, countries });
    const then = ask({ ...ranges.before, by: [dimension], platform, countries });
    if (!now || !then) return undefined;
    const groups = groupsOf(now.rows, dimension, now.days);
    const groupsBefore = groupsOf(then.rows, dimension, then.days);
    const days = { now: now.days, before: then.days };
    return {
      now: { ...sumOfGroups(groups), days: now.days },
      before: { ...sumOfGroups(groupsBefore), days: then.days },
      parts: contributionsOf(measure, groups, groupsBefore, days),
    };
  };
  const byCountry = by("country");
  const byPlatform = by("platform");
  const byMembership = by("membership");
  if (!byCountry || !byPlatform || !byMembership) return undefined;
  const { now, before: then } = byCountry;
  return {
    measure,
    compared: {
      ...{ ranges, now, before: then },
      countries: byCountry.parts,
      platforms: byPlatform.parts,
      memberships: byMembership.parts,
    },
  };
}
