import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { apportion } from "./apportion.ts";
import { addDays, busyness } from "./calendar.ts";
import type { PlannedDay } from "./plan.ts";
import { maxAge, playing } from "./retention.ts";

/** The users who installed on one day, numbered in the order of their installs; the first of them stay the longest. */
export interface Cohort {
  /** Days since the first day of the run, negative before it. */
  install_index: number;
  install_date: string;
  first_user: number;
  size: number;
}

// Few rows a day need some users to choose from as well: about 20 of each of these are active.
const leastInstallsPerDay = 3;

/** As many users as the planned rows need, by install day, from a year before the first day on. */
export function populate(days: PlannedDay[], seed: number): Cohort[] {
  const random = xoroshiro128plus(seed);
  const first = days[0]?.day ?? "";
  const dates = Array.from({ length: days.length + maxAge }, (_, index) => addDays(first, index - maxAge));
  const weights = dates.map((date, index) => {
    const luck = 0.92 + 0.16 * uniformFloat64(random);
    return busyness(date, index - maxAge) * luck;
  });
  const weightOf = (index: number) => weights[index] ?? 0;
  const sum = (values: number[]) => values.reduce((before, value) => before + value, 0);
  // The rows of the run, were each weight a number of installs.
  const reach = sum(
    days.map(({ index }) => sum(playing.map((part, age) => part * weightOf(index + maxAge - age)))),
  );
  const rows = sum(days.map((day) => day.rows));
  const installs = (sum(weights) * rows) / reach + leastInstallsPerDay * dates.length;
  let first_user = 0;
  return apportion(Math.ceil(installs), weights).map((size, index) => {
    const cohort = { install_index: index - maxAge, install_date: dates[index] ?? "", first_user, size };
    first_user += size;
    return cohort;
  });
}
