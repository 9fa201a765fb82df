import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBResultReader,
  type DuckDBValue,
} from "@duckdb/node-api";
import { daysSinceEpoch } from "../../days.ts";
import { type QueryParameters, type Row, type Value, WarehouseError } from "../../warehouse.ts";

/** The values of parameters. */
export const toValues = (parameters: QueryParameters = {}): Record<string, DuckDBValue> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "string"
        ? new DuckDBDateValue(daysSinceEpoch(value))
        : new DuckDBListValue([...value]),
    ]),
  );

/** A result in the warehouse's form. */
export function toRows<T extends Row>(result: DuckDBResultReader): T[] {
  const names = result.deduplicatedColumnNames();
  const toRow = (row: DuckDBValue[]) =>
    Object.fromEntries(row.map((value, column) => [names[column], toValue(value)])) as T;
  return result.getRows().map(toRow);
}

function toValue(value: DuckDBValue): Value {
  if (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string"
  ) {
    return value;
  }
  if (typeof value === "bigint") return toSafeNumber(value);
  if (value instanceof DuckDBDecimalValue) return trimZeros(value.toString());
  return value.toString();
}

function toSafeNumber(value: bigint): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new WarehouseError(`${value} is beyond the integers that JavaScript represents exactly.`);
}

/** The notation of a NUMERIC that BigQuery's client is believed to return: without trailing zeros. */
const trimZeros = (digits: string) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
