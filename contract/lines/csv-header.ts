import { activityFields, asColumnName } from "../columns.ts";
import { InputError } from "../errors.ts";
import { shortened } from "../text.ts";
import { isColumn, noteIgnored } from "./from-file.ts";
import { splitCsv } from "./split-csv.ts";

const delimiters = [",", ";", "\t"];
const shown = 5;

export interface CsvHeader {
  /** The names in their order, in lower case. */
  names: string[];
  delimiter: string;
}

/**
 * Reads the first line of a CSV, whose columns may be in any order, with others between them. Their delimiter is a comma,
 * a semicolon or a tab.
 * @throws {InputError} when it lacks a column or repeats one
 */
export function readCsvHeader(header: string): CsvHeader {
  const { names, delimiter } = splitHeader(header, isColumn);
  const missing = activityFields.filter((field) => !names.includes(field));
  const repeated = names.filter((name, at) => isColumn(name) && names.indexOf(name) !== at);
  if (missing.length === 0 && repeated.length === 0) return { names, delimiter };
  throw new InputError("INVALID_HEADER", `${faultOf(header, names, missing, repeated)}; nothing was stored.`);
}

/** The names in a header, as the delimiter splits it with which most of them are columns. */
export function splitHeader(header: string, isColumn: (name: string) => boolean): CsvHeader {
  const readings = delimiters.map((delimiter) => ({ delimiter, names: namesIn(header, delimiter) }));
  const columnsIn = ({ names }: CsvHeader) => names.filter(isColumn).length;
  const [best] = readings.toSorted((a, b) => columnsIn(b) - columnsIn(a));
  return best ?? { names: [], delimiter: "," };
}

/** The names in a header that are no columns. */
export function ignoredIn(names: string[]): ReadonlySet<string> {
  const ignored = new Set<string>();
  for (const name of names) if (!isColumn(name)) noteIgnored(ignored, name);
  return ignored;
}

function faultOf(header: string, names: string[], missing: string[], repeated: string[]): string {
  const expected = `the columns ${activityFields.join(",")} in any order`;
  if (header.includes("\0")) {
    return `The first line must name ${expected}: it is UTF-16, or no text; save it as UTF-8`;
  }
  if (/\r./.test(header)) {
    return `The first line must name ${expected}: lines end with carriage returns alone; end them with line feeds`;
  }
  if (header.startsWith("{")) {
    return `The first line must name ${expected}: it is "${cut(header)}", an object of JSON, which is sent as application/x-ndjson`;
  }
  if (missing.length === activityFields.length && namesAll(header)) {
    return (
      `The first line must name ${expected}, separated by commas, semicolons or tabs: it is "${cut(header)}", ` +
      "with another separator, or an open quotation mark"
    );
  }
  if (missing.length === activityFields.length) {
    return `The first line is "${cut(header)}" and must name ${expected}: it names none of them, so this may be another table`;
  }
  const others = names.filter((name) => !isColumn(name)).map((name) => `"${cut(name)}"`);
  const faults = [
    ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
    ...(missing.length > 0 && others.length > 0 ? [`${others.slice(0, shown).join(", ")} unknown`] : []),
    ...(repeated.length > 0 ? [`${repeated.join(", ")} repeated`] : []),
  ];
  return `The first line must name ${expected}: ${faults.join("; ")}`;
}

const namesAll = (header: string) => activityFields.every((field) => header.toLowerCase().includes(field));

const cut = (text: string) => (text.length > 64 ? `${shortened(text, 64)}…` : text);

function namesIn(header: string, delimiter: string): string[] {
  try {
    return splitCsv(header, delimiter).map(asColumnName);
  } catch {
    return [header];
  }
}
