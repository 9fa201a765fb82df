import type { ActiveUser } from "./active-users.ts";
import { endsOfClans } from "./clan-sizes.ts";
import { countJoiners, rankOfJoiner, type Story, storyOf, userOfRank } from "./life-story.ts";
import type { Cohort, Population } from "./population.ts";
import { Draws, hash, shuffle } from "./random.ts";

/** From when to when a player was in a clan. */
export interface Period {
  /** From 0. */
  clan: number;
  /** In ms since 1970, UTC. */
  joinedAt: number;
  leftAt: number | null;
  leftReason: "left" | "kicked" | null;
}

/** Which players of a run are in which clan, and when. No rows are needed for it. */
export interface Memberships {
  population: Population;
  /** How many memberships each clan has in all, past ones included: its members are never more. */
  placesOfClans: number[];
  /** Users who join a clan by the end of the run; without those who left the game before it began. */
  joiners(): Generator<number>;
  /** A user's memberships until the end of the run, in their order. */
  periodsOf(user: number): Period[];
  /** Whether a user who has not left the game is in a clan at the end of a day of the run, counted from 0. */
  isInClan(user: ActiveUser, dayIndex: number): boolean;
}

const dayMs = 86_400_000;
// One of so many joiners moves to a second clan, where they have a place too.
const moversEvery = 16;
const kicked = 0.2;
// Purposes of `hash`.
const placing = 16;
const clock = 18;

/** Lets the players of a population join clans, in a run of so many days. */
export function joinClans(population: Population, days: number): Memberships {
  const { seed, cohorts } = population;
  const counts = cohorts.map((cohort) => countJoiners(cohort, days));
  const before = new Map<Cohort, { joiners: number; count: number }>();
  let joinerCount = 0;
  for (const [index, cohort] of cohorts.entries()) {
    const count = counts[index] ?? 0;
    before.set(cohort, { joiners: joinerCount, count });
    joinerCount += count;
  }
  const places = joinerCount + Math.floor(joinerCount / moversEvery);
  const ends = endsOfClans(seed, places);
  const { mix } = shuffle(places, hash(seed, places, placing));

  /** In no order, so that clans have players of all cohorts. */
  function clanAt(place: number): number {
    let mixed = mix(place);
    while (mixed >= places) mixed = mix(mixed);
    return firstAbove(ends, mixed);
  }

  /** Which of all joiners a user is; undefined for those who join no clan. */
  function joinerOf(user: number, cohort: Cohort): number | undefined {
    const rank = rankOfJoiner(cohort, user);
    const { joiners, count } = before.get(cohort) ?? { joiners: 0, count: 0 };
    return rank !== undefined && rank < count ? joiners + rank : undefined;
  }

  const isMover = (joiner: number) => joiner % moversEvery === moversEvery - 1;

  return {
    population,
    placesOfClans: Array.from(ends, (end, clan) => end - (ends[clan - 1] ?? 0)),
    *joiners() {
      for (const [index, cohort] of cohorts.entries())
        for (let rank = 0; rank < (counts[index] ?? 0); rank++) yield userOfRank(cohort, rank);
    },
    periodsOf(user) {
      const cohort = cohortOf(population, user);
      const joiner = cohort && joinerOf(user, cohort);
      if (!cohort || joiner === undefined) return [];
      const story = storyOf(seed, user, cohort, { days, moves: isMover(joiner) });
      const installedAt = Date.parse(cohort.installDate);
      const draws = new Draws(hash(seed, user, clock));
      const clans = [clanAt(joiner), clanAt(joinerCount + Math.floor(joiner / moversEvery))] as const;
      return periodsOfStory(story, installedAt, clans, draws);
    },
    isInClan({ user, cohort }, dayIndex) {
      const joiner = joinerOf(user, cohort);
      if (joiner === undefined) return false;
      const { joins, leaves, joinsAgain } = storyOf(seed, user, cohort, { days, moves: isMover(joiner) });
      const age = dayIndex - cohort.installIndex;
      return (joins <= age && age < leaves) || joinsAgain <= age;
    },
  };
}

function periodsOfStory(
  { joins, leaves, joinsAgain }: Story,
  installedAt: number,
  [first, second]: readonly [number, number],
  draws: Draws,
): Period[] {
  const timeOn = (age: number, from = 0) =>
    installedAt + age * dayMs + from + Math.floor(draws.fraction() * (dayMs - from));
  const joinedAt = timeOn(joins);
  if (leaves === Infinity) return [{ clan: first, joinedAt, leftAt: null, leftReason: null }];
  const leftAt = timeOn(leaves);
  const moves = joinsAgain !== Infinity;
  const leftReason = !moves && draws.chance(kicked) ? "kicked" : "left";
  const period: Period = { clan: first, joinedAt, leftAt, leftReason };
  if (!moves) return [period];
  const isSameDay = joinsAgain === leaves;
  const joinedAgainAt = timeOn(joinsAgain, isSameDay ? leftAt - installedAt - leaves * dayMs : 0);
  return [period, { clan: second, joinedAt: joinedAgainAt, leftAt: null, leftReason: null }];
}

/** The last cohort that begins with this user or before; an empty one begins where the next one does. */
function cohortOf({ cohorts }: Population, user: number): Cohort | undefined {
  let low = 0;
  let high = cohorts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((cohorts[middle]?.firstUser ?? 0) <= user) low = middle;
    else high = middle - 1;
  }
  const cohort = cohorts[low];
  return cohort && user < cohort.firstUser + cohort.size ? cohort : undefined;
}

/** The index of the first number that is above. */
function firstAbove(numbers: Int32Array, value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value < (numbers[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
