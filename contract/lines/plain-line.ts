import { type Column, columns } from "../columns.ts";
import { kinds } from "../kinds/kinds.ts";
import type { CsvHeader } from "./csv-header.ts";

const byName: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.name, column]));

/**
 * The regular expression (sticky) of a line below this header, with its line feed: blank, or of values in their plain form,
 * the last of them not empty. Every byte of the line is one character of the text (Latin-1).
 */
export function plainLine({ names, delimiter }: CsvHeader): RegExp {
  const cells = names.map((name) => plainCell(byName.get(name), delimiter));
  return new RegExp(String.raw`(?:${cells.join(delimiter)}(?<!${delimiter}))?\n`, "y");
}

/** Of a value that is ignored, only what could make it more or less than one. */
function plainCell(column: Column | undefined, delimiter: string): string {
  if (!column) return String.raw`[^\r\n"${delimiter}]*`;
  const form = kinds[column.kind].plainForm(column, delimiter);
  return column.nullable ? `(?:${form})?` : form;
}
