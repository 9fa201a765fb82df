import { addDays, countDays, daysFrom } from "../days.ts";
import { type Metrics, type Summand, summands } from "./metrics.ts";
import type { Money } from "./money.ts";
import type { Range } from "./selection.ts";

const width = summands.length;
const offsetOf = Object.fromEntries(summands.map((name, at) => [name, at])) as Record<Summand, number>;

/** The sums of a group of rows. */
export interface Sums {
  dau: number;
  iap: Money;
  ad: Money;
  started: number;
  ended: number;
  victories: number;
  defeats: number;
  errors: number;
  /** The days of the period that have figures in any row: the divisor of an average over days. */
  days: number;
}

/** The sums of the selected rows in every grouping that the page shows. */
export interface Summary {
  total: Sums;
  /** The previous period; undefined if it is not fully covered. */
  before: Sums | undefined;
  /** Every day from the first to the last day of the period that has figures. */
  byDay: Day[];
  /** For each of them, the day at the same position of the previous period; empty if that is not fully covered. */
  byDayBefore: Day[];
  byPlatform: Group[];
  byCountry: Group[];
}

export interface Group {
  /** A platform or country. */
  name: string;
  sums: Sums;
}

export interface Day {
  name: string;
  /** All 0 if no selected player was active; undefined if the day has no figures at all. */
  sums: Sums | undefined;
}

export interface Chosen {
  range: Range;
  before: Range | undefined;
  platform: string | undefined;
  countries: string[];
}

/** Adds up the selected rows in one pass. Platforms and countries without a row are left out. */
export function summarise(metrics: Metrics, chosen: Chosen): Summary {
  const { columns } = metrics;
  const isCurrent = metrics.days.map((day) => day >= chosen.range.from && day <= chosen.range.to);
  const { before } = chosen;
  const isBefore = metrics.days.map((day) => before !== undefined && day >= before.from && day <= before.to);
  const includesCountry = metrics.countries.map(
    (country) => chosen.countries.length === 0 || chosen.countries.includes(country),
  );
  const includesPlatform = metrics.platforms.map((name) => !chosen.platform || name === chosen.platform);

  const byDay = new Accumulator(metrics.days.length);
  const byPlatform = new Accumulator(metrics.platforms.length);
  const byCountry = new Accumulator(metrics.countries.length);
  for (let row = 0; row < metrics.day.length; row++) {
    const day = metrics.day[row] as number;
    const country = metrics.country[row] as number;
    const platform = metrics.platform[row] as number;
    if (!includesCountry[country] || !includesPlatform[platform]) continue;
    if (isCurrent[day]) {
      byDay.add(day, columns, row);
      byPlatform.add(platform, columns, row);
      byCountry.add(country, columns, row);
    } else if (isBefore[day]) byDay.add(day, columns, row);
  }

  const indexOf = new Map(metrics.days.map((day, at) => [day, at]));
  const dayOf = (name: string): Day => {
    const at = indexOf.get(name);
    return { name, sums: at === undefined ? undefined : byDay.of(at, 1) };
  };
  const current = metrics.days.filter((_, at) => isCurrent[at]);
  const [first, last] = [current[0], current.at(-1)];
  const shown = first && last ? daysFrom(first, last) : [];
  const days = current.length;
  const daysBefore = isBefore.filter(Boolean).length;
  return {
    total: byDay.total(isCurrent, days),
    before: before && byDay.total(isBefore, daysBefore),
    byDay: shown.map(dayOf),
    byDayBefore: before ? shown.map((day) => dayOf(addDays(day, -countDays(before.from, before.to)))) : [],
    byPlatform: byPlatform.groups(metrics.platforms, days),
    byCountry: byCountry.groups(metrics.countries, days),
  };
}

/** The sums of numbered groups, side by side in one array. */
class Accumulator {
  private readonly sums: Float64Array;
  private readonly rows: Uint32Array;

  constructor(groups: number) {
    this.sums = new Float64Array(groups * width);
    this.rows = new Uint32Array(groups);
  }

  add(group: number, columns: Float64Array[], row: number): void {
    this.rows[group] = (this.rows[group] as number) + 1;
    const start = group * width;
    for (let at = 0; at < width; at++) {
      this.sums[start + at] =
        (this.sums[start + at] as number) + ((columns[at] as Float64Array)[row] as number);
    }
  }

  of(group: number, days: number): Sums {
    return toSums(this.sums.subarray(group * width), days);
  }

  groups(names: string[], days: number): Group[] {
    return names
      .map((name, group) => ({ name, group }))
      .filter(({ group }) => (this.rows[group] as number) > 0)
      .map(({ name, group }) => ({ name, sums: this.of(group, days) }));
  }

  total(isTaken: boolean[], days: number): Sums {
    const all = new Float64Array(width);
    isTaken.forEach((taken, group) => {
      if (!taken) return;
      for (let at = 0; at < width; at++)
        all[at] = (all[at] as number) + (this.sums[group * width + at] as number);
    });
    return toSums(all, days);
  }
}

function toSums(values: Float64Array, days: number): Sums {
  const of = (name: Summand) => values[offsetOf[name]] as number;
  return {
    dau: of("dau"),
    iap: { whole: of("iapWhole"), billionths: of("iapBillionths") },
    ad: { whole: of("adWhole"), billionths: of("adBillionths") },
    started: of("started"),
    ended: of("ended"),
    victories: of("victories"),
    defeats: of("defeats"),
    errors: of("errors"),
    days,
  };
}
