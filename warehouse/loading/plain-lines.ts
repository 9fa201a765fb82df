import type { CsvHeader } from "@clan-platform/contract/lines/csv-header.ts";
import { plainLine } from "@clan-platform/contract/lines/plain-line.ts";

/**
 * Makes the check of a CSV's chunks, from its header on: whether all lines that end in them are plain. It takes a quarter of
 * the time of DuckDB's regular expressions.
 */
export function plainLinesCheck(header: CsvHeader): (chunk: Buffer) => boolean {
  const line = plainLine(header);
  let next = plainHeader;
  let rest = "";
  return (chunk) => {
    const text = rest + chunk.toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    let at = 0;
    while (at < end) {
      next.lastIndex = at;
      if (!next.test(text)) return false;
      at = next.lastIndex;
      next = line;
    }
    rest = text.slice(end);
    return true;
  };
}

const plainHeader = /[^\r\n"]*[^\r\n",;\t]\n/y;
