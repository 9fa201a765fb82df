import type { Cohort } from "./population.ts";
import { Draws, hash } from "./random.ts";

/** At which ages, in days since the install, a user joins and leaves clans; a membership that does not end, or is not there, has Infinity. */
export interface Story {
  joins: number;
  leaves: number;
  /** Of a second clan. */
  joinsAgain: number;
}

// The early joiners join before this age, and nobody on day 7 itself, so that it does not matter whether that counts as the first week.
const firstWeek = 7;
const lateFrom = 8;
// Of those who are around at that age, and joined none before.
const lateJoiners = 0.64;
const leavers = 0.1;
// Purpose of `hash`.
const membership = 17;

/** How many users of a cohort join a clan by the end of a run, of those who have not left before it. */
export function countJoiners(cohort: Cohort, days: number): number {
  const players = cohort.installIndex < 0 ? cohort.remaining[-cohort.installIndex] : cohort.size;
  if (cohort.joinsEarly) return players ?? 0;
  if (endAge(cohort, days) < lateFrom) return 0;
  return Math.floor(lateJoiners * Math.min(players ?? 0, cohort.remaining[lateFrom] ?? 0));
}

/** Which of its cohort's joiners a user would be, from 0; undefined for the users between them. Of the late ones, there are some among all that stay. */
export function rankOfJoiner({ joinsEarly, firstUser }: Cohort, user: number): number | undefined {
  const position = user - firstUser;
  if (joinsEarly) return position;
  const rank = Math.floor(lateJoiners * position);
  return Math.floor(lateJoiners * (position + 1)) > rank ? rank : undefined;
}

/** The inverse of `rankOfJoiner`. */
export function userOfRank({ joinsEarly, firstUser }: Cohort, rank: number): number {
  if (joinsEarly) return firstUser + rank;
  let position = Math.max(0, Math.floor(rank / lateJoiners) - 1);
  while (Math.floor(lateJoiners * (position + 1)) <= rank) position++;
  return firstUser + position;
}

/** The story of a user who joins a clan: nobody joins one after their last day of play, or after the run. */
export function storyOf(
  seed: number,
  user: number,
  cohort: Cohort,
  { days, moves }: { days: number; moves: boolean },
): Story {
  const draws = new Draws(hash(seed, user, membership));
  const end = endAge(cohort, days);
  const last = Math.min(end, lastAge(cohort, user - cohort.firstUser));
  // Squares, because most join soon.
  const early = draws.fraction();
  const joins = cohort.joinsEarly
    ? Math.floor(Math.min(last + 1, firstWeek) * early * early)
    : lateFrom + Math.floor(early * early * (last - lateFrom + 1));
  const isLeaver = draws.chance(leavers);
  const until = moves ? last : end;
  if (!(moves || isLeaver) || joins >= until) return { joins, leaves: Infinity, joinsAgain: Infinity };
  const leaves = joins + 1 + Math.floor(draws.fraction() * (until - joins));
  return { joins, leaves, joinsAgain: moves ? Math.min(last, leaves + draws.below(3)) : Infinity };
}

/** On the last day of the run. */
const endAge = ({ installIndex }: Cohort, days: number) => days - 1 - installIndex;

/** The greatest age at which the user at a position has not left. */
function lastAge({ remaining }: Cohort, position: number): number {
  let low = 0;
  let high = remaining.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((remaining[middle] ?? 0) > position) low = middle;
    else high = middle - 1;
  }
  return low;
}
