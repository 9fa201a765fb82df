const msPerDay = 86_400_000;
const realDays = new Set<string>();

/** The first day of any activity. */
export const firstDay = "2015-01-01";

/** Whether `text` is a day of the calendar as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (realDays.has(text)) return true;
  // PostgreSQL has no year 0.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith("0000")) return false;
  // Date rolls 30 February over to March; a real day comes back as it went in.
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return false;
  // A large file has millions of days, but few different ones.
  if (realDays.size < 10_000) realDays.add(text);
  return true;
}

let tomorrowsNumber = Number.NaN;
let tomorrowsText = "";

/** Tomorrow in UTC: somewhere on earth it has begun, and clocks of senders may be fast. */
export function tomorrow(): string {
  const number = Math.floor(Date.now() / msPerDay) + 1;
  if (number !== tomorrowsNumber) {
    tomorrowsNumber = number;
    tomorrowsText = new Date(number * msPerDay).toISOString().slice(0, 10);
  }
  return tomorrowsText;
}
