import type { CsvHeader } from "@clan-platform/contract/lines/csv-header.ts";
import { plainLine } from "@clan-platform/contract/lines/plain-line.ts";

// Of some thousands, the regular expression of a line is too large for V8.
const maxColumns = 1_000;

/**
 * Makes the check of a CSV's chunks, from its header on: whether all lines that end in them are plain. It takes a third of the
 * time of DuckDB's regular expressions. Of a file with very many columns, none pass.
 */
export function plainLinesCheck(header: CsvHeader): (chunk: Buffer) => boolean {
  if (header.names.length > maxColumns) return () => false;
  const line = plainLine(header);
  let next = plainHeader;
  const arePlain = (lines: string) => {
    let at = 0;
    while (at < lines.length) {
      next.lastIndex = at;
      if (!next.test(lines)) return false;
      at = next.lastIndex;
      next = line;
    }
    return true;
  };
  let begun = "";
  return (chunk) => {
    const firstEnd = chunk.indexOf("\n") + 1;
    const lastEnd = chunk.lastIndexOf("\n") + 1;
    // By itself: joined with the others, they would all be copied.
    const first = begun + chunk.toString("latin1", 0, firstEnd);
    begun = (firstEnd === 0 ? begun : "") + chunk.toString("latin1", lastEnd);
    return firstEnd === 0 || (arePlain(first) && arePlain(chunk.toString("latin1", firstEnd, lastEnd)));
  };
}

const plainHeader = /[^\r\n"]*[^\r\n",;\t]\n/y;
