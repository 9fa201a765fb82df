import { asColumnName } from "../columns.ts";
import { parseExactJson } from "../exact-json.ts";
import { converterOf, isColumn, noteIgnored } from "./from-file.ts";
import { LineFault, type LineReader } from "./line-reader.ts";

/** Makes the reader of lines that are a JSON object each. */
export function ndjsonReader(): LineReader {
  const ignored = new Set<string>();
  return { read: (text) => convert(parse(text), ignored), ignored };
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw new LineFault("is not valid JSON");
  }
}

/** Leaves out what is no column, and takes what exports write in place of a name or a JSON value. */
function convert(value: unknown, ignored: Set<string>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const row: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    // Almost all names are columns as they are.
    const column = isColumn(name) ? name : asColumnName(name);
    const convert = converterOf(column);
    if (!convert) noteIgnored(ignored, name);
    else if (column in row) throw new LineFault(`has ${column} repeated`);
    else row[column] = convert(field);
  }
  return row;
}
