// Calendar arithmetic of the page and its server. A day is a text, YYYY-MM-DD.
const msPerDay = 86_400_000;

/** The day `count` days after another one; before it when `count` is negative. */
export const addDays = (day: string, count: number): string =>
  new Date(Date.parse(day) + count * msPerDay).toISOString().slice(0, 10);

/** The number of days from one day to another, both included. */
export const countDays = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / msPerDay) + 1;

/** Every day from one day to another, both included. */
export const daysFrom = (from: string, to: string): string[] =>
  Array.from({ length: Math.max(0, countDays(from, to)) }, (_, n) => addDays(from, n));

/** Whether a text is a day of the calendar. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
