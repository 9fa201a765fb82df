import { addDays, countDays, isDay } from "../days.ts";

/** The last n days, all days, or from one day to another. */
export type Period = { last: number } | "all" | { from: string; to: string };

export const presets: { period: Period; label: string }[] = [
  { period: { last: 7 }, label: "7 days" },
  { period: { last: 14 }, label: "14 days" },
  { period: { last: 30 }, label: "30 days" },
  { period: "all", label: "All" },
];

/** The selected days, platform and countries. No platform, or no country, means all of them. */
export interface Selection {
  period: Period;
  platform: string | undefined;
  countries: string[];
}

/** The default is about half a month, so that the other half is there to compare with. */
export const initial: Selection = { period: { last: 14 }, platform: undefined, countries: [] };

export interface Range {
  from: string;
  to: string;
}

/** Reads a selection from a URL's parameters; invalid ones get their defaults. */
export function selectionFrom(parameters: URLSearchParams): Selection {
  return {
    period: periodFrom(parameters),
    platform: parameters.get("platform") || undefined,
    countries: [...new Set((parameters.get("country") ?? "").split(",").filter(Boolean))].sort(),
  };
}

function periodFrom(parameters: URLSearchParams): Period {
  const days = parameters.get("days") ?? "";
  if (days === "all") return "all";
  if (/^[1-9]\d{0,3}$/.test(days)) return { last: Number(days) };
  const [from, to] = [parameters.get("from") ?? "", parameters.get("to") ?? ""];
  if (!isDay(from) || !isDay(to)) return initial.period;
  return from <= to ? { from, to } : { from: to, to: from };
}

/** Writes a selection into a URL's parameters, except for defaults. */
export function writeSelection(
  { period, platform, countries }: Selection,
  parameters: URLSearchParams,
): void {
  if (period === "all") parameters.set("days", "all");
  else if ("last" in period) {
    if (!isSamePeriod(period, initial.period)) parameters.set("days", String(period.last));
  } else {
    parameters.set("from", period.from);
    parameters.set("to", period.to);
  }
  if (platform) parameters.set("platform", platform);
  if (countries.length > 0) parameters.set("country", countries.join(","));
}

export const isSamePeriod = (a: Period, b: Period) => JSON.stringify(a) === JSON.stringify(b);

/** Resolves a period to days; the last n count back from the last covered day. */
export function rangeOf(period: Period, covered: Range): Range {
  if (period === "all") return covered;
  if ("last" in period) {
    const from = addDays(covered.to, 1 - period.last);
    return { from: from < covered.from ? covered.from : from, to: covered.to };
  }
  return period;
}

/** The previous period of the same length; undefined if it is not fully covered. */
export function rangeBefore({ from, to }: Range, covered: Range): Range | undefined {
  const before = { from: addDays(from, -countDays(from, to)), to: addDays(from, -1) };
  return before.from >= covered.from && before.to <= covered.to ? before : undefined;
}
