/** Rows of cells as aligned text, the first row being the head; numbers to the right, from column `numbersFrom` on. */
export function tableText(rows: string[][], numbersFrom: number): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column >= numbersFrom ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("   ")
      .trimEnd(),
  );
  return lines.map((line) => `  ${line}`).join("\n");
}

/** A line of a command's report: a figure, and what it counts. */
export function countLine(count: number | string, what: string): string {
  const text = typeof count === "number" ? count.toLocaleString("en") : count;
  return `  ${text.padStart(11)} ${what}`;
}

/** `1234567.5` as `1,234,567.50` when it has cents, else as a whole number; a dash for what is not there. */
export function amountText(value: string | number | null | undefined, places = 0): string {
  if (value === null || value === undefined) return "-";
  const number = Number(value);
  return number.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}
