import { tableMeasures } from "../figures/measures.ts";
import { compareCountries, matchesCountry } from "../figures/names.ts";
import { type Group, noSums, type Sums } from "../figures/sums.ts";
import type { TableView } from "../state/address.ts";
import type { OverviewFigures } from "./overview-figures.ts";

/** A country of the table: its sums, both sides of the comparison, and its share of all DAU. */
export interface CountryRow {
  name: string;
  sums: Sums;
  /** Of the days that have figures on both sides; undefined where the country has none. */
  compared: { now: Sums | undefined; before: Sums | undefined };
  share: number;
  /** The relative change of DAU; null if it can't be computed. */
  change: number | null;
}

export const pageRows = 10;

/**
 * The countries that the search finds, the chosen ones first, sorted. One that has figures in the baseline alone is among them: it is
 * the one that fell most. Those whose figure is null come last, in either direction.
 */
export function countryRows(
  { countries, compared, allCountries }: OverviewFigures,
  { sort, descending, find }: TableView,
  chosen: string[],
): CountryRow[] {
  const [now, before] = [compared.now, compared.before].map(
    (groups) => new Map(groups.map(({ name, sums }) => [name, sums])),
  );
  const present = new Set(countries.map(({ name }) => name));
  const gone = compared.before
    .filter(({ name }) => !present.has(name))
    .map(({ name }): Group => ({ name, sums: { ...noSums, days: allCountries.days } }));
  const rows = [...countries, ...gone]
    .filter(({ name }) => matchesCountry(name, find))
    .map(({ name, sums }): CountryRow => {
      const sides = { now: now?.get(name), before: before?.get(name) };
      return {
        name,
        sums,
        compared: sides,
        share: allCountries.dau === 0 ? 0 : sums.dau / allCountries.dau,
        change: relativeChange(sides),
      };
    });
  const figure = figureOf(sort);
  const sign = descending ? -1 : 1;
  const compare = (a: CountryRow, b: CountryRow): number => {
    const byName = compareCountries(a.name, b.name);
    if (!figure) return sign * byName;
    const [left, right] = [figure(a), figure(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName;
    return sign * (left - right) || byName;
  };
  const isOther = ({ name }: CountryRow) => Number(!chosen.includes(name));
  return rows.sort((a, b) => isOther(a) - isOther(b) || compare(a, b));
}

/** The relative change of DAU; null if it can't be computed. */
export const relativeChange = ({ now, before }: Partial<CountryRow["compared"]>): number | null =>
  before && before.dau > 0 ? (now?.dau ?? 0) / before.dau - 1 : null;

/** What a column is sorted by; undefined for the names. */
function figureOf(sort: string): ((row: CountryRow) => number | null) | undefined {
  if (sort === "share" || sort === "change") return (row) => row[sort];
  const measure = tableMeasures.find(({ key }) => key === sort);
  return measure && ((row) => measure.value(row.sums));
}

/** A new column starts with its largest figure, or its first name; the current one is reversed. */
export const sortedBy = (view: TableView, key: string): Partial<TableView> => ({
  sort: key,
  descending: view.sort === key ? !view.descending : key !== "country",
});
