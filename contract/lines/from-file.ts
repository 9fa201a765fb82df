import { type Column, type ColumnName, columns } from "../columns.ts";
import { kinds } from "../kinds/kinds.ts";
import { shortened } from "../text.ts";

const byName: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.name, column]));

/** Makes the conversion of a column's values in files to those of JSON; undefined when there is no such column. */
export function converterOf(name: string): ((value: unknown) => unknown) | undefined {
  const column = byName.get(name);
  if (!column) return undefined;
  const { fromFile } = kinds[column.kind];
  return fromFile ? (value) => fromFile(trimmed(value)) : trimmed;
}

const maxIgnored = 100;
const maxNameLength = 64;

/** Adds a name that is no column to those that are reported: the first 100, each as far as it is readable. */
export function noteIgnored(ignored: Set<string>, name: string): void {
  if (ignored.size < maxIgnored) ignored.add(shortened(name, maxNameLength));
}

export const isColumn = (name: string): name is ColumnName => byName.has(name);

const trimmed = (value: unknown) =>
  typeof value === "string" && (value.charCodeAt(0) <= blank || value.charCodeAt(value.length - 1) <= blank)
    ? value.trim()
    : value;
const blank = 0x20;
