/** Formats rows as CSV (RFC 4180); the first row is the header. */
export function csvText(rows: string[][]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  // A spreadsheet would run text that starts like this as a formula; a plain negative number is none.
  const isFormula = /^[=+@\t\r-]/.test(text) && !/^-\d+(\.\d+)?(e[+-]\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
