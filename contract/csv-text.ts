import { type ActivityRow, activityFields, type Column, columns } from "./columns.ts";

type Row = Record<string, string | number | null>;

/** The first line of a CSV of rows: all columns, in their order. */
export const csvHeader = activityFields.join(",");

/** A row as a line of CSV below `csvHeader`, without the end of the line; null is an empty cell. */
export const toCsvText = csvEncoder<ActivityRow>(columns);

/** Makes `toCsvText` for rows of these columns. */
export function csvEncoder<Type extends Row>(columns: readonly Column[]): (row: Type) => string {
  const [first = "", ...others] = columns.map(({ name }) => name);
  // Of all kinds, only ids may have commas or quotation marks.
  const quotable = columns.filter(({ kind }) => kind === "id").map(({ name }) => name);
  return (row) => {
    const cells = quote(row, quotable);
    // Appended piece by piece, which is faster than a template of both.
    let text = String(cells[first] ?? "");
    for (const name of others) {
      text += ",";
      text += cells[name] ?? "";
    }
    return text;
  };
}

function quote(row: Row, names: string[]): Row {
  let quoted = row;
  for (const name of names) {
    const text = row[name];
    if (typeof text !== "string" || !/[",]/.test(text)) continue;
    quoted = { ...quoted, [name]: `"${text.replaceAll('"', '""')}"` };
  }
  return quoted;
}
