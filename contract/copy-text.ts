import { type ActivityRow, type Column, columns } from "./columns.ts";

type Row = Record<string, string | number | null>;

/**
 * A row in the text format of PostgreSQL's COPY, without the end of the line. Control characters, which it would have to
 * escape, are in no field.
 */
export const toCopyText = copyEncoder<ActivityRow>(columns);

/** Makes `toCopyText` for rows of these columns. */
export function copyEncoder<Type extends Row>(columns: readonly Column[]): (row: Type) => string {
  const [first = "", ...others] = columns.map(({ name }) => name);
  // Of all kinds, only ids may have a backslash.
  const escapable = columns.filter(({ kind }) => kind === "id").map(({ name }) => name);
  return (row) => {
    const cells = escapeBackslashes(row, escapable);
    // Appended piece by piece, which is faster than a template of both.
    let text = String(cells[first] ?? "\\N");
    for (const name of others) {
      text += "\t";
      text += cells[name] ?? "\\N";
    }
    return text;
  };
}

function escapeBackslashes(row: Row, names: string[]): Row {
  let escaped = row;
  for (const name of names) {
    const text = row[name];
    if (typeof text !== "string" || !text.includes("\\")) continue;
    escaped = { ...escaped, [name]: text.replaceAll("\\", "\\\\") };
  }
  return escaped;
}
