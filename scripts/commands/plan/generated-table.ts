import { readFileSync, writeFileSync } from "node:fs";

const start = "<!-- npm run plan writes this table -->\n";
const end = "<!-- end of the table -->";

/** A document with this table between its markers. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`the document lacks the markers of its table: ${start.trim()} and ${end}`);
  return `${before}${start}\n${table}\n\n${end}${after}`;
}

/** Updates the table in a document. Returns whether the file changed. */
export function writeTable(path: URL, table: string): boolean {
  const document = readFileSync(path, "utf8");
  const wanted = withTable(document, table);
  if (wanted === document) return false;
  writeFileSync(path, wanted);
  return true;
}
