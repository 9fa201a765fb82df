import { readCountry } from "@clan-platform/contract/countries/country-code.ts";

const countryNames = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

const knownNames = new Map<string, string>();
const collator = new Intl.Collator("en");

/** The English name of a country code, such as Türkiye for `TR`. Returns other texts, such as Unknown, unchanged. */
export function countryName(code: string): string {
  let name = knownNames.get(code);
  if (name === undefined) {
    name = /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? code) : code;
    knownNames.set(code, name);
  }
  return name;
}

/** Compares two countries by name. */
export const compareCountries = (a: string, b: string): number =>
  collator.compare(countryName(a), countryName(b));

/** The display name of a platform, such as iOS for `IOS`. */
export const platformName = (platform: string): string =>
  ({ ANDROID: "Android", IOS: "iOS" })[platform] ?? platform;

const memberships: Record<string, string> = { in_clan: "In a clan", no_clan: "In no clan" };

/** Whether a text is a membership, not a country or platform. */
export const isMembership = (name: string): boolean => Object.hasOwn(memberships, name);

/** `In a clan` for `in_clan` */
export const membershipName = (membership: string): string => memberships[membership] ?? membership;

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const shortDayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const weekdayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** `22 Nov 2026` */
export const dayText = (day: string): string => dayFormat.format(new Date(day));
/** `Nov 2026`, of the month that begins with this day */
export const monthText = (day: string): string => monthFormat.format(new Date(day));
/** `22 Nov 2026`, or `22 Nov 2026 (not over)` */
export const dayLabel = (day: string, isIncomplete: boolean): string =>
  isIncomplete ? `${dayText(day)} (not over)` : dayText(day);
/** `20 Nov 2026 to 22 Nov 2026`, `22 Nov 2026` */
export const rangeText = (from: string, to: string): string =>
  from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
/** `Sun 22 Nov` */
export const weekdayText = (day: string): string => weekdayFormat.format(new Date(day)).replace(",", "");

/** `14 days`, `1 day` */
export const daysText = (count: number): string =>
  count === 1 ? "1 day" : `${count.toLocaleString("en-US")} days`;

/** Labels of the points of a time axis, named by their first days; with the year where there is more than one. */
export function pointTexts(days: string[], grain: "day" | "week" | "month"): string[] {
  const hasYears = days[0]?.slice(0, 4) !== days.at(-1)?.slice(0, 4);
  const format = grain === "month" ? monthFormat : hasYears ? dayFormat : shortDayFormat;
  return days.map((day) => format.format(new Date(day)));
}

const share = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
/** `12.3%` */
export const shareText = (part: number): string => share.format(part);

/** `+12.3%`, `−4.0%`, or a dash where a change can't be computed. */
export function changeText(change: number | null): string {
  if (change === null) return "–";
  const percent = (100 * Math.abs(change)).toFixed(1);
  return `${Number(percent) === 0 ? "±" : change > 0 ? "+" : "−"}${percent}%`;
}

const foldAccents = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The code of a country as people write it in a link: a code, case-insensitive, or a name; other texts stay. */
export const countryCode = (text: string): string =>
  /^unknown$/i.test(text.trim()) ? "Unknown" : (readCountry(text).code ?? text.trim());

/**
 * Whether a country's name contains the typed text, or the text is one of its codes or usual names, such as USA, whatever the case and
 * the accents.
 */
export function matchesCountry(code: string, typed: string): boolean {
  const wanted = foldAccents(typed.trim());
  if (wanted === "") return true;
  return foldAccents(countryName(code)).includes(wanted) || readCountry(typed).code === code;
}
