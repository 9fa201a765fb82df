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

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const shortDayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const weekdayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** `22 Nov 2026` */
export const dayText = (day: string): string => dayFormat.format(new Date(day));
/** `20 Nov 2026 to 22 Nov 2026`, `22 Nov 2026` */
export const rangeText = (from: string, to: string): string =>
  from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
/** `22 Nov` */
export const shortDayText = (day: string): string => shortDayFormat.format(new Date(day));
/** `Sun 22 Nov` */
export const weekdayText = (day: string): string => weekdayFormat.format(new Date(day)).replace(",", "");

/** `14 days`, `1 day` */
export const daysText = (count: number): string =>
  count === 1 ? "1 day" : `${count.toLocaleString("en-US")} days`;

const foldAccents = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether a country's name contains the typed text or its code equals it, ignoring case and accents. */
export function matchesCountry(code: string, typed: string): boolean {
  const wanted = foldAccents(typed.trim());
  if (wanted === "") return true;
  return foldAccents(countryName(code)).includes(wanted) || code.toLowerCase() === wanted;
}
