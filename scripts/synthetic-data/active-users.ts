import type { PlannedDay } from "./plan.ts";
import { type Cohort, type Population, type Remaining, remainingOn } from "./population.ts";
import { hash, share, shuffle } from "./random.ts";
import { playedDays } from "./retention.ts";

export interface ActiveUser {
  user: number;
  cohort: Cohort;
}

// A little more than the day's rows, so that the walk seldom ends before they are there.
const surplus = 1.03;
// Purposes of `hash`.
const keenness = 3;
const firstDayPurpose = 1_000;

/**
 * The users who play on a day, each once, in no order. There are more than the day has rows: first those who
 * play by chance, then the others who could.
 */
export function* activeUsers(population: Population, day: PlannedDay): Generator<ActiveUser> {
  const { seed } = population;
  const remaining = remainingOn(population, day);
  const chances = chancesToPlay(remaining, day.rows);
  const ends = endsOf(remaining);
  const purpose = firstDayPurpose + day.index;
  for (const isSecondChoice of [false, true]) {
    for (const position of inNoOrder(ends.at(-1) ?? 0, hash(seed, day.index, purpose))) {
      const at = indexOfRange(ends, position);
      const { cohort, age, users } = remaining[at] as Remaining;
      const user = cohort.firstUser + position - ((ends[at] ?? 0) - users);
      const chance =
        age === 0 ? chances.installed : chances.returning * (0.6 + 0.8 * share(seed, user, keenness));
      const isPlaying = share(seed, user, purpose) < chance;
      if (isPlaying !== isSecondChoice) yield { user, cohort };
    }
  }
}

/** Such that the rows come out: on the day of the install everyone plays, later `playedDays` of them. */
function chancesToPlay(remaining: Remaining[], rows: number) {
  const sum = (some: Remaining[]) => some.reduce((before, { users }) => before + users, 0);
  const all = sum(remaining);
  const installed = sum(remaining.filter(({ age }) => age === 0));
  const usual = installed + playedDays * (all - installed);
  const wanted = surplus * rows;
  const installedPlay = Math.min(1, (1.25 * wanted) / usual);
  return {
    installed: installedPlay,
    returning: Math.max(0, (wanted - installedPlay * installed) / (all - installed)),
  };
}

/** Positions 0 to the last end are users; those of each cohort end before its end. */
function endsOf(remaining: Remaining[]): number[] {
  let end = 0;
  return remaining.map(({ users }) => (end += users));
}

/** Each number from 0 to below `count` once. */
function* inNoOrder(count: number, key: number): Generator<number> {
  const { mask, mix } = shuffle(count, key);
  for (let n = 0; n <= mask; n++) {
    const mixed = mix(n);
    if (mixed < count) yield mixed;
  }
}

function indexOfRange(ends: number[], position: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (position < (ends[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
