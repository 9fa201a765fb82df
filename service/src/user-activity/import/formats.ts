import { CsvError, parse } from "csv-parse/sync";
import { parseExactJson } from "../../http/exact-json.ts";
import { Problem } from "../../http/problem.ts";
import { activityFields } from "../schemas.ts";

/** Reads a line as the fields of a row, still to be checked; throws `LineFault` when it is none. */
export type ReadLine = (text: string) => unknown;

/** What is wrong with a line as a whole. */
export class LineFault extends Error {
  override name = "LineFault";
}

export interface Format {
  mediaTypes: string[];
  /** Makes the reader of the lines after the header; without a header, of all lines. */
  hasHeader: boolean;
  reader: (header: string) => ReadLine;
}

const ndjson: Format = {
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"],
  hasHeader: false,
  reader: () => (text) => {
    try {
      return parseExactJson(text);
    } catch {
      throw new LineFault("is not valid JSON");
    }
  },
};

const csv: Format = {
  mediaTypes: ["text/csv"],
  hasHeader: true,
  reader: (header) => {
    const columns = readHeader(header);
    return (text) => toRow(columns, splitCsv(text));
  },
};

export const formats = [ndjson, csv];

function readHeader(header: string): string[] {
  const columns = namesIn(header);
  const missing = activityFields.filter((field) => !columns.includes(field));
  const unknown = columns.filter((column) => !activityFields.some((field) => field === column));
  const repeated = columns.filter((column, index) => columns.indexOf(column) !== index);
  const faults = [
    missing.length > 0 && `${missing.join(", ")} missing`,
    unknown.length > 0 &&
      `${unknown
        .map((column) => `"${column.slice(0, 64)}"`)
        .slice(0, 5)
        .join(", ")} unknown`,
    repeated.length > 0 && `${repeated.join(", ")} repeated`,
  ].filter((fault) => fault !== false);
  if (faults.length === 0) return columns;
  const detail = `The first line must name the columns ${activityFields.join(",")} in some order: ${faults.join("; ")}. Nothing of the body was stored.`;
  throw new Problem(400, "INVALID_HEADER", detail);
}

function namesIn(header: string): string[] {
  try {
    return splitCsv(header).map((column) => column.trim().toLowerCase());
  } catch {
    return [header];
  }
}

/** No field of a row has a line break, so that a record is a line, and an open quotation mark spoils no other. */
function splitCsv(text: string): string[] {
  if (!text.includes('"')) return text.split(",");
  try {
    const [record, ...others] = parse(text, { record_delimiter: "\n" });
    if (record && others.length === 0) return record;
    throw new LineFault("is not one record");
  } catch (error) {
    if (error instanceof LineFault) throw error;
    throw new LineFault(error instanceof CsvError ? "has a quotation mark out of place" : "is not CSV");
  }
}

const wholeNumber = /^\d{1,10}(\.0+)?$/;
const countFields = new Set<string>(activityFields.filter((field) => /_count$|_error$/.test(field)));

function toRow(columns: string[], values: string[]): unknown {
  if (values.length !== columns.length) {
    throw new LineFault(`has ${values.length} columns, and the header ${columns.length}`);
  }
  const row: Record<string, unknown> = {};
  columns.forEach((column, index) => {
    const value = values[index] ?? "";
    row[column] = countFields.has(column) && wholeNumber.test(value) ? Number(value) : value;
  });
  return row;
}
