const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const epochSeconds = /^\d{1,11}(\.\d{1,6})?$/;
// In 1973. Below it are spreadsheets' numbers of days (45356 is 2024-03-05) and dates without hyphens (20240305).
const firstEpochSecond = 1e8;

/** Whether a time is a number that is too small for epoch seconds, and so means something else. */
export const isTooSmallForEpoch = (text: string) =>
  epochSeconds.test(text) && Number(text) < firstEpochSecond;

/**
 * Reads a time as clan files have it: `2024-05-11 1:44:33` (UTC, which may follow it), ISO 8601, or epoch seconds.
 * Returns it in a form that PostgreSQL reads as the same instant; undefined for any other form, for a date that does not exist,
 * and for a number that is too small for epoch seconds.
 */
export function parseCreatedAt(text: string): string | undefined {
  if (isTooSmallForEpoch(text)) return undefined;
  if (epochSeconds.test(text)) return fromEpoch(text);
  const match = iso.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "00", second = "00", fraction = "0", zone = "Z"] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Date.UTC rolls 30 February over to March; a real date comes back as it went in.
  const date = new Date(Date.UTC(y, mo - 1, d));
  const isRealDate = date.getUTCMonth() === mo - 1 && date.getUTCDate() === d;
  const offset = offsetMinutes(zone);
  if (!isRealDate || h > 23 || mi > 59 || s > 59 || offset === undefined) return undefined;
  return toText(Date.UTC(y, mo - 1, d, h, mi, s) - offset * 60_000, fraction.slice(0, 6));
}

function fromEpoch(text: string): string | undefined {
  const [seconds, fraction = "0"] = text.split(".");
  return toText(Number(seconds) * 1_000, fraction);
}

/** Minutes east of UTC; undefined beyond what PostgreSQL and the world have. */
function offsetMinutes(zone: string): number | undefined {
  if (["Z", "UTC"].includes(zone.toUpperCase())) return 0;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (Number(hours) > 15 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Later than the year 9999, it was milliseconds or no time at all. */
function toText(milliseconds: number, fraction: string): string | undefined {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1_970 || year > 9_999) return undefined;
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}
