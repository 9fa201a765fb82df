import { CsvError, parse } from "csv-parse/sync";
import { activityFields } from "../activity-row.ts";
import { InputError } from "../errors.ts";
import { LineFault, type ReadLine } from "./formats.ts";

/**
 * Makes the reader of the lines after this header, whose columns may be in any order.
 * @throws {InputError} when the header lacks a column, repeats one or has one that is not known
 */
export function readerOf(header: string): ReadLine {
  const columns = readHeader(header);
  return (text) => toRow(columns, splitCsv(text));
}

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
  throw new InputError("INVALID_HEADER", detail);
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
