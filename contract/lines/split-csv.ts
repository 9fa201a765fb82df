import { CsvError, parse } from "csv-parse/sync";
import { LineFault } from "./line-reader.ts";

/**
 * The values of a line. No value of a row has a line break, so that each line is a record, and an open quotation mark
 * spoils no other line. In a relaxed reading, a quotation mark within a value that does not begin with one is a part of it.
 * @throws {LineFault} when it is not a record
 */
export function splitCsv(text: string, delimiter: string, { relaxed = false } = {}): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    // Some writers put a blank after the delimiter, before the quotation mark.
    const options = { record_delimiter: "\n", ltrim: true, rtrim: true, relax_quotes: relaxed };
    const [record, ...others] = parse(text, { delimiter, ...options });
    if (record && others.length === 0) return record;
    throw new LineFault("is not one record");
  } catch (error) {
    if (error instanceof LineFault) throw error;
    throw new LineFault(error instanceof CsvError ? "has a quotation mark out of place" : "is not CSV");
  }
}
