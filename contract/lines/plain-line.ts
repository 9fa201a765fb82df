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

// The characters beyond ASCII as their bytes in UTF-8:
// https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506 (table 3-7)
const beyondAscii = [
  String.raw`[\xc2-\xdf][\x80-\xbf]`,
  String.raw`\xe0[\xa0-\xbf][\x80-\xbf]`,
  String.raw`[\xe1-\xec\xee\xef][\x80-\xbf]{2}`,
  String.raw`\xed[\x80-\x9f][\x80-\xbf]`,
  String.raw`\xf0[\x90-\xbf][\x80-\xbf]{2}`,
  String.raw`[\xf1-\xf3][\x80-\xbf]{3}`,
  String.raw`\xf4[\x80-\x8f][\x80-\xbf]{2}`,
].join("|");

/** Of a value that is ignored, only what could make it more or less than one, or its line no UTF-8. */
function plainCell(column: Column | undefined, delimiter: string): string {
  if (!column) {
    const ascii = String.raw`[^\r\n"${delimiter}\x80-\xff]*`;
    return `${ascii}(?:(?:${beyondAscii})${ascii})*`;
  }
  const form = kinds[column.kind].plainForm(column, delimiter);
  return column.nullable ? `(?:${form})?` : form;
}
