import { addDays } from "@clan-platform/warehouse/days.ts";
import { apportion } from "./apportion.ts";
import type { Busyness } from "./calendar.ts";
import type { PlannedDay } from "./plan.ts";
import { share } from "./random.ts";
import { maxAge, playing, staying } from "./retention.ts";

/** The users of a run, numbered from 0 in the order of their installs. */
export interface Population {
  seed: number;
  cohorts: Cohort[];
}

/** The users who installed on one day; the first of them stay the longest. */
export interface Cohort {
  installDate: string;
  firstUser: number;
  size: number;
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
  const cohorts = apportion(Math.ceil(installs), weights).map((size, index) => {
    const cohort = { installDate: dates[index] ?? "", firstUser, size };
    firstUser += size;
    return cohort;
  });
  return { seed, cohorts };
}

/** The users who have not left by a day, by cohort, the oldest one first. A user who has left does not return. */
export function remainingOn({ seed, cohorts }: Population, { index }: PlannedDay): Remaining[] {
  return cohorts.slice(index, index + maxAge + 1).map((cohort, order) => {
    const age = maxAge - order;
    const exact = cohort.size * (staying[age] ?? 0);
    const whole = Math.floor(exact);
    const isOneMore = share(seed, cohort.firstUser + whole, leaving) < exact - whole;
    return { cohort, age, users: whole + (isOneMore ? 1 : 0) };
  });
}
