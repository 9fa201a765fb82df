import { pathLiteral } from "./path-literal.ts";

export interface CsvColumn {
  name: string;
  /** DuckDB's; text is the default. */
  type?: string | undefined;
}

/** The rows of a CSV below its header, in these columns; an empty value is null. */
export const readCsv = (path: string, columns: CsvColumn[], delimiter = ",") =>
  `read_csv(${pathLiteral(path)}, columns = {${columns.map(({ name, type = "varchar" }) => `${name}: '${type}'`)}},
    header = true, auto_detect = false, delim = '${delimiter}', quote = '"', escape = '"', nullstr = '')`;
