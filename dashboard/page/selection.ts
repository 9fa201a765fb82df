import { addDays, countDays, isDay } from "../days.ts";

/** The last so many days, all there are, or from one day to another. */
export type Period = { last: number } | "all" | { from: string; to: string };

export const presets: { period: Period; label: string }[] = [
  { period: { last: 7 }, label: "7 days" },
  { period: { last: 14 }, label: "14 days" },
  { period: { last: 30 }, label: "30 days" },
  { period: "all", label: "All" },
];

/** What the reader has chosen to see. No platform or no country chosen means all of them. */
export interface Selection {
  period: Period;
  platform: string | undefined;
  countries: string[];
}

/** At first, half of a usual month: the other half is what it is compared with. */
export const initial: Selection = { period: { last: 14 }, platform: undefined, countries: [] };

export interface Range {
  from: string;
  to: string;
}

/** Reads a selection from a URL's parameters; what it doesn't understand, it leaves as it is at first. */
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

/** Writes a selection into a URL's parameters, and leaves out what is as at first. */
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

/** The days of a period, counted back from the last day there is. */
export function rangeOf(period: Period, covered: Range): Range {
  if (period === "all") return covered;
  if ("last" in period) {
    const from = addDays(covered.to, 1 - period.last);
    return { from: from < covered.from ? covered.from : from, to: covered.to };
  }
  return period;
}

/** The period of the same length before; undefined when there are no figures of a part of it. */
export function rangeBefore({ from, to }: Range, covered: Range): Range | undefined {
  const before = { from: addDays(from, -countDays(from, to)), to: addDays(from, -1) };
  return before.from >= covered.from && before.to <= covered.to ? before : undefined;
}
