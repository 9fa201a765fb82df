import { type ActivityRow, type Column, columns } from "./columns.ts";
import { compile } from "./compile.ts";

/**
 * A row in the text format of PostgreSQL's COPY, without the end of the line. Control characters, which it would have to
 * escape, are in no field.
 */
export const toCopyText = copyEncoder<ActivityRow>(columns);

/** Makes `toCopyText` for rows of these columns. */
export function copyEncoder<Row>(columns: readonly Column[]): (row: Row) => string {
  const cells = columns.map((column) => `\${${cellOf(column)}}`);
  return compile(columns, { escaped, absent: "\\N" }, `(row) => \`${cells.join("\\t")}\``);
}

/** The expression of one cell. */
function cellOf({ name, kind, nullable }: Column): string {
  // Of all kinds, only ids may have a backslash.
  const text = kind === "id" ? `escaped(row.${name})` : `row.${name}`;
  return nullable ? `row.${name} === null ? absent : ${text}` : text;
}

function escaped(text: string): string {
  return text.includes("\\") ? text.replaceAll("\\", "\\\\") : text;
}
