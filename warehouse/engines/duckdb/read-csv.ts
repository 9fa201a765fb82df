import { pathLiteral } from "./path-literal.ts";

export interface CsvColumn {
  name: string;
  /** DuckDB's; text is the default. */
  type?: string | undefined;
}

interface CsvForm {
  delimiter?: string;
  /** Empty where values are never quoted. */
  quote?: string;
}

// Each thread reads a piece of so many bytes at a time. With DuckDB's 32 MB, two threads share a part of some 46 MB unevenly, and of
// larger files as well, reading takes 15 % longer.
const bufferSize = 12_000_000;

/** The rows of a CSV in these columns, below its header; an empty value is null, in quotes as well. */
export const readCsv = (path: string, columns: CsvColumn[], { delimiter = ",", quote = '"' }: CsvForm = {}) =>
  `read_csv(${pathLiteral(path)}, columns = {${columns.map(({ name, type = "varchar" }) => `${name}: '${type}'`)}},
    header = true, auto_detect = false, delim = '${delimiter}', quote = '${quote}', escape = '${quote}', nullstr = '', buffer_size = ${bufferSize})`;
