import { pathLiteral } from "./path-literal.ts";

/** The rows of a CSV below its header, as texts in columns of these names; an empty value is null. */
export const readCsv = (path: string, columns: string[], delimiter = ",") =>
  `read_csv(${pathLiteral(path)}, columns = {${columns.map((column) => `${column}: 'varchar'`)}},
    header = true, auto_detect = false, delim = '${delimiter}', quote = '"', escape = '"', nullstr = '')`;
