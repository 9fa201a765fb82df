import { isDay } from "../../days.ts";
import { allMeasures, tableMeasures } from "../figures/measures.ts";
import { countryCode } from "../figures/names.ts";
import { type Baseline, baselines, type Period } from "../figures/periods.ts";

export const tabs = ["overview", "people", "retention", "clans", "explore", "changes", "health"] as const;
export type Tab = (typeof tabs)[number];
export const grains = ["day", "week", "month"] as const;
export type Grain = (typeof grains)[number];
export const splits = ["none", "platform", "country", "membership"] as const;
export type Split = (typeof splits)[number];

export const platforms = ["ANDROID", "IOS"] as const;
/** The longest name or id of a clan that the server takes. */
const maxLength = 256;

/** What is counted, and what it is compared with. No platform, or no country, means all of them. */
export interface Selection {
  period: Period;
  platform: string | undefined;
  countries: string[];
  baseline: Baseline;
  /** Counts days that are not over yet. */
  withIncomplete: boolean;
}

/** How the table of countries is sorted, searched and paged. */
export interface TableView {
  /** Key of a measure, or `country`, `share` or `change`. */
  sort: string;
  descending: boolean;
  find: string;
  /** From 1. */
  page: number;
}

/** All that the page shows is in its address: a link shows the same. */
export interface Address {
  tab: Tab;
  selection: Selection;
  /** Key of the measure of the tabs that show one. */
  metric: string;
  split: Split;
  grain: Grain;
  /** Id of the clan that the tab Clans shows; empty for none. */
  clan: string;
  /** What the names of the clans contain that the tab lists; empty for none. */
  clanName: string;
  table: TableView;
}

/** Half a month by default, so that the baseline is half a month too. */
export const initialSelection: Selection = {
  period: { last: 14 },
  platform: undefined,
  countries: [],
  baseline: "weekdays",
  withIncomplete: false,
};
const initialTable: TableView = { sort: "dau", descending: true, find: "", page: 1 };
export const sortable = ["country", "share", "change", ...tableMeasures.map(({ key }) => key)];

/** Reads an address generously: case-insensitive, with repeated parameters, the ends of a range in any order; what is wrong gets its default. */
export function addressFrom(parameters: URLSearchParams): Address {
  const all = (name: string) =>
    parameters
      .getAll(name)
      .flatMap((value) => value.split(","))
      .map((value) => value.trim())
      .filter(Boolean);
  const first = (name: string) => all(name)[0] ?? "";
  const oneOf = <Name extends string>(name: string, names: readonly Name[], initial?: Name): Name =>
    names.find((known) => known === first(name).toLowerCase()) ?? initial ?? (names[0] as Name);
  const named = all("platform").map((name) => name.toUpperCase());
  const chosen = platforms.filter((platform) => named.includes(platform));
  const clan = first("clan").toLowerCase();
  const page = Number(first("page"));
  return {
    tab: oneOf("tab", tabs),
    selection: {
      period: periodFrom(first("days"), first("from"), first("to")),
      platform: chosen.length === 1 ? chosen[0] : undefined,
      countries: [...new Set(all("country").map(countryCode))].sort(),
      baseline: oneOf("compare", baselines),
      withIncomplete: first("incomplete") === "1",
    },
    metric: oneOf(
      "metric",
      allMeasures.map(({ key }) => key),
    ),
    split: oneOf("split", splits),
    grain: oneOf("grain", grains),
    // Cut, it would be the id of another clan.
    clan: clan.length > maxLength ? "" : clan,
    clanName: (parameters.get("clan_name") ?? "").trim().slice(0, maxLength),
    table: {
      sort: oneOf("sort", sortable, initialTable.sort),
      descending: first("order").toLowerCase() !== "asc",
      find: parameters.get("find") ?? "",
      page: Number.isInteger(page) && page > 0 ? page : 1,
    },
  };
}

function periodFrom(days: string, from: string, to: string): Period {
  if (days.toLowerCase() === "all") return "all";
  if (/^[1-9]\d{0,3}$/.test(days)) return { last: Number(days) };
  const [start, end] = [isDay(from) ? from : to, isDay(to) ? to : from];
  if (!isDay(start) || !isDay(end)) return initialSelection.period;
  return start <= end ? { from: start, to: end } : { from: end, to: start };
}

/** The address as the search of a URL, without what is a default. */
export function searchOf(address: Address): string {
  const { tab, selection, metric, split, grain, clan, clanName, table } = address;
  const { period, platform, countries, baseline, withIncomplete } = selection;
  const parameters = new URLSearchParams();
  const set = (name: string, value: string, initial: string) => {
    if (value !== initial) parameters.set(name, value);
  };
  set("tab", tab, "overview");
  if (period === "all") parameters.set("days", "all");
  else if ("last" in period) set("days", String(period.last), "14");
  else {
    parameters.set("from", period.from);
    parameters.set("to", period.to);
  }
  set("platform", platform ?? "", "");
  set("country", countries.join(","), "");
  set("compare", baseline, "weekdays");
  set("incomplete", withIncomplete ? "1" : "", "");
  set("metric", metric, "dau");
  set("split", split, "none");
  set("grain", grain, "day");
  set("clan", clan, "");
  set("clan_name", clanName, "");
  set("sort", table.sort, initialTable.sort);
  set("order", table.descending ? "desc" : "asc", "desc");
  set("find", table.find, "");
  set("page", String(table.page), "1");
  const text = parameters.toString();
  // A comma needs no escaping, and people read the address.
  return text && `?${text.replaceAll("%2C", ",")}`;
}

export const isSamePeriod = (a: Period, b: Period): boolean => JSON.stringify(a) === JSON.stringify(b);
