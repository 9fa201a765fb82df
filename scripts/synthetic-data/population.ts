import { addDays } from "@clan-platform/warehouse/days.ts";
import { apportion } from "./apportion.ts";
import type { Busyness } from "./calendar.ts";
import { earlyJoiners, stayingOfEarlyJoiners, stayingOfOthers } from "./member-effect.ts";
import type { PlannedDay } from "./plan.ts";
import { share } from "./random.ts";
import { maxAge, playing } from "./retention.ts";

/** The users of a run, numbered from 0 in the order of their installs. */
export interface Population {
  seed: number;
  cohorts: Cohort[];
}

/**
 * The users who installed on one day, and either join a clan in their first week or don't; the first of them stay the longest.
 */
export interface Cohort {
  installDate: string;
  /** Of the day of the install, counted from the first day of the run, which is 0. */
  installIndex: number;
  joinsEarly: boolean;
  firstUser: number;
  size: number;
  /** How many have not left, by age in days. It falls with the age. */
  remaining: Int32Array;
}

/** The users of a cohort who have not left. */
export interface Remaining {
  cohort: Cohort;
  /** In days. */
  age: number;
  users: number;
}

// With few rows a day it still takes some users to choose from: some 20 of each of these are around.
const leastInstallsPerDay = 3;
// Purposes of `hash`.
const leaving = 1;
const luck = 2;
const splitting = 14;

/** As many users, from a year before the first day on, as it takes to have the planned rows. */
export function populate(days: PlannedDay[], seed: number, busyness: Busyness): Population {
  const first = days[0]?.day ?? "";
  const dates = Array.from({ length: days.length + maxAge }, (_, index) => addDays(first, index - maxAge));
  const weights = dates.map((date, index) => {
    const someLuck = 0.92 + 0.16 * share(seed, index, luck);
    return busyness(date, index - maxAge) * someLuck;
  });
  const weightOf = (index: number) => weights[index] ?? 0;
  const sum = (values: number[]) => values.reduce((before, value) => before + value, 0);
  // What the run would have of rows if each weight were a number of installs.
  const reach = sum(
    days.map(({ index }) => sum(playing.map((part, age) => part * weightOf(index + maxAge - age)))),
  );
  const rows = sum(days.map((day) => day.rows));
  const installs = (sum(weights) * rows) / reach + leastInstallsPerDay * dates.length;
  let firstUser = 0;
  const cohorts = apportion(Math.ceil(installs), weights).flatMap((size, index) => {
    const early = Math.floor(size * earlyJoiners + share(seed, index, splitting));
    return [early, size - early].map((size, half) => {
      const joinsEarly = half === 0;
      const remaining = countRemaining(seed, { firstUser, size, joinsEarly });
      const installDate = dates[index] ?? "";
      const cohort = { installDate, installIndex: index - maxAge, joinsEarly, firstUser, size, remaining };
      firstUser += size;
      return cohort;
    });
  });
  return { seed, cohorts };
}

function countRemaining(
  seed: number,
  { firstUser, size, joinsEarly }: Pick<Cohort, "firstUser" | "size" | "joinsEarly">,
): Int32Array {
  const staying = joinsEarly ? stayingOfEarlyJoiners : stayingOfOthers;
  return Int32Array.from(staying, (part) => {
    const exact = size * part;
    const whole = Math.floor(exact);
    const isOneMore = share(seed, firstUser + whole, leaving) < exact - whole;
    return whole + (isOneMore ? 1 : 0);
  });
}

/** The users who have not left by a day, by cohort, the oldest one first. A user who has left does not return. */
export function remainingOn({ cohorts }: Population, { index }: PlannedDay): Remaining[] {
  return cohorts.slice(2 * index, 2 * (index + maxAge + 1)).map((cohort) => {
    const age = index - cohort.installIndex;
    return { cohort, age, users: cohort.remaining[age] ?? 0 };
  });
}
