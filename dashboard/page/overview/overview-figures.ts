import { comparedRanges } from "../figures/compared-ranges.ts";
import { type Pair, pairDays } from "../figures/like-for-like.ts";
import type { Known } from "../figures/periods.ts";
import type { Answer } from "../figures/read-answer.ts";
import { groupsOf, seriesOf } from "../figures/series.ts";
import { type Day, type Group, type Sums, sumOf, sumOfGroups } from "../figures/sums.ts";
import { type LastPeople, lastPeople } from "../people/people-figures.ts";
import { daysWithFigures, lastDrawn } from "../state/asked-days.ts";
import type { Frame } from "../state/frame.ts";
import type { Ask } from "../state/questions.ts";

export interface OverviewFigures {
  /** Every day that is counted. */
  days: Day[];
  /** Days that are not over, which follow them and count for nothing. */
  uncounted: Day[];
  /** The names of the days, counted or not, that are not over. */
  incomplete: ReadonlySet<string>;
  /** The baseline's days, each at the place of the one that it is compared with; empty without a baseline. */
  before: Day[];
  total: Sums;
  /** Like compared with like: the days that have figures on both sides. */
  pair: Pair | undefined;
  platforms: Group[];
  /** Every country of the platform, chosen or not: a chosen one is compared with the others. */
  countries: Group[];
  /** Of the days that have figures on both sides, every country on each side. */
  compared: { now: Group[]; before: Group[] };
  /** The sums of all those countries. */
  allCountries: Sums;
  /** Distinct users of the last day; null where several countries are chosen, whose users can't be added up. */
  people: LastPeople | null;
}

/** The figures of the overview; undefined while an answer is missing. */
export function buildOverview(
  { selection, resolved }: Frame,
  known: Known,
  ask: Ask,
): OverviewFigures | undefined {
  const { platform, countries } = selection;
  const { range, before } = resolved;
  const to = lastDrawn(resolved);
  const withFigures = daysWithFigures(resolved, known);
  const now = ask({ from: range.from, to, by: ["day", "platform"], platform, countries });
  const then = before && ask({ ...before, by: ["day"], platform, countries });
  const byCountry = ask({ ...range, by: ["country"], platform });
  const ranges = before && comparedRanges(range, before, withFigures);
  const comparedNow = ranges && ask({ ...ranges.now, by: ["country"], platform });
  const comparedBefore = ranges && ask({ ...ranges.before, by: ["country"], platform });
  const people = lastPeople({ selection, resolved }, known, ask);
  if (people === undefined || !now || !byCountry || (before && !then)) return undefined;
  if (ranges && !(comparedNow && comparedBefore)) return undefined;

  const drawn = seriesOf(now.rows, { from: range.from, to }, withFigures);
  const days = drawn.filter(({ name }) => name <= range.to);
  const daysBefore = before && then ? seriesOf(then.rows, before, withFigures) : [];
  const counted = now.rows.filter(({ day }) => day <= range.to);
  const allDays = byCountry.days;
  const groupsBy = (answer: Answer | undefined) =>
    answer ? groupsOf(answer.rows, "country", answer.days) : [];
  const groups = groupsBy(byCountry);
  return {
    days,
    uncounted: drawn.filter(({ name }) => name > range.to),
    incomplete: new Set(resolved.incomplete),
    before: daysBefore,
    total: sumOf(days),
    pair: before ? pairDays(days, daysBefore) : undefined,
    platforms: groupsOf(counted, "platform", allDays),
    countries: groups,
    compared: { now: groupsBy(comparedNow), before: groupsBy(comparedBefore) },
    allCountries: { ...sumOfGroups(groups), days: allDays },
    people,
  };
}
