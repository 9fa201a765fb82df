import { parseExactJson } from "../exact-json.ts";
import { converterOf, noteIgnored } from "./from-file.ts";
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

/** Leaves out what is no column, and takes what exports write in place of a JSON value. */
function convert(value: unknown, ignored: Set<string>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const row: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const convert = converterOf(name);
    if (convert) row[name] = convert(field);
    else noteIgnored(ignored, name);
  }
  return row;
}
