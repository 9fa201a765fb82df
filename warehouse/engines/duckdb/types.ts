import type { Field } from "../../tables/table.ts";

/** DuckDB's types for BigQuery's. */
export const duckdbTypes: Record<Field["type"], string> = {
  STRING: "varchar",
  DATE: "date",
  INT64: "bigint",
  NUMERIC: "decimal(38, 9)",
  FLOAT64: "double",
  TIMESTAMP: "timestamptz",
};
