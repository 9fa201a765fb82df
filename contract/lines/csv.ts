import { CsvError, parse } from "csv-parse/sync";
import { activityFields, columns } from "../columns.ts";
import { InputError } from "../errors.ts";
import { kinds } from "../kinds/kinds.ts";
import { LineFault, type ReadLine } from "./line-fault.ts";

/**
 * Makes the reader of the lines after this header, whose columns may be in any order.
 * @throws {InputError} when the header lacks a column, repeats one or has an unknown one
 */
export function readerOf(header: string): ReadLine {
  const cells = readHeader(header).map((name) => ({ name, fromCell: fromCellOf(name) }));
  // A copy of this has its fields in order at once, which is faster than adding them one by one.
  const empty: Record<string, unknown> = Object.fromEntries(cells.map(({ name }) => [name, ""]));
  return (text) => {
    const values = splitCsv(text);
    if (values.length !== cells.length) {
      throw new LineFault(`has ${values.length} columns, and the header ${cells.length}`);
    }
    const row = { ...empty };
    let at = 0;
    for (const { name, fromCell } of cells) {
      const value = values[at++] ?? "";
      row[name] = fromCell ? fromCell(value) : value;
    }
    return row;
  };
}

function fromCellOf(name: string): ((text: string) => unknown) | undefined {
  const column = columns.find((column) => column.name === name);
  return column && kinds[column.kind].fromCell;
}

function readHeader(header: string): string[] {
  const names = namesIn(header);
  const missing = activityFields.filter((field) => !names.includes(field));
  const unknown = names.filter((name) => !activityFields.some((field) => field === name));
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  const faults = [
    missing.length > 0 && `${missing.join(", ")} missing`,
    unknown.length > 0 &&
      `${unknown
        .map((name) => `"${name.slice(0, 64)}"`)
        .slice(0, 5)
        .join(", ")} unknown`,
    repeated.length > 0 && `${repeated.join(", ")} repeated`,
  ].filter((fault) => fault !== false);
  if (faults.length === 0) return names;
  throw new InputError(
    "INVALID_HEADER",
    `The first line must name the columns ${activityFields.join(",")} in any order: ${faults.join("; ")}. Nothing was stored.`,
  );
}

function namesIn(header: string): string[] {
  try {
    return splitCsv(header).map((name) => name.trim().toLowerCase());
  } catch {
    return [header];
  }
}

/** No field of a row has a line break, so that each line is a record, and an open quotation mark spoils no other line. */
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
