/** `1234567.5` as `1,234,567.50` with two places, and as a whole number with none; a dash for null. */
export function amountText(value: string | number | null | undefined, places = 0): string {
  if (value === null || value === undefined) return "-";
  const number = Number(value);
  return number.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** A line of a command's report: a figure, right-aligned, and what it counts. */
export function countLine(count: number | string, what: string): string {
  const text = typeof count === "number" ? count.toLocaleString("en") : count;
  return `  ${text.padStart(11)} ${what}`;
}

/** `1 row`, `2 rows`. */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
