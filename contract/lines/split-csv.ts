import { CsvError, parse } from "csv-parse/sync";
import { LineFault } from "./line-reader.ts";

/**
 * The values of a line. No value of a row has a line break, so that each line is a record, and an open quotation mark
 * spoils no other line.
 * @throws {LineFault} when it is not a record
 */
export function splitCsv(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    // Some writers put a blank after the delimiter, before the quotation mark.
    const [record, ...others] = parse(text, { delimiter, record_delimiter: "\n", ltrim: true, rtrim: true });
    if (record && others.length === 0) return record;
    throw new LineFault("is not one record");
  } catch (error) {
    if (error instanceof LineFault) throw error;
    throw new LineFault(error instanceof CsvError ? "has a quotation mark out of place" : "is not CSV");
  }
}
