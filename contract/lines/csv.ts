import { ignoredIn, readCsvHeader } from "./csv-header.ts";
import { converterOf } from "./from-file.ts";
import { LineFault, type LineReader } from "./line-reader.ts";
import { splitCsv } from "./split-csv.ts";

/**
 * Makes the reader of the lines after this header.
 * @throws {InputError} when it lacks a column or repeats one
 */
export function readerOf(header: string): LineReader {
  const { names, delimiter } = readCsvHeader(header);
  const cells = names.flatMap((name, at) => {
    const convert = converterOf(name);
    return convert ? [{ name, at, convert }] : [];
  });
  // A copy of this has its fields in order at once, which is faster than adding them one by one.
  const empty: Record<string, unknown> = Object.fromEntries(cells.map(({ name }) => [name, ""]));
  const read = (text: string) => {
    const values = splitCsv(text, delimiter);
    if (values.length !== names.length) {
      throw new LineFault(`has ${values.length} columns, and the header ${names.length}`);
    }
    const row = { ...empty };
    for (const { name, at, convert } of cells) row[name] = convert(values[at]);
    return row;
  };
  return { read, ignored: ignoredIn(names) };
}
