import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** What GoogleSQL has and DuckDB lacks, or names differently. */
const dialect = [
  // As in BigQuery (https://cloud.google.com/bigquery/docs/reference/standard-sql/date_functions#current_date).
  "set timezone = 'UTC'",
  "create or replace temp macro safe_divide(dividend, divisor) as case when divisor = 0 then null else dividend / divisor end",
  "create or replace temp macro unix_date(day) as day - date '1970-01-01'",
  "create or replace temp macro date_from_unix_date(days) as date '1970-01-01' + cast(days as integer)",
  "create or replace temp macro unix_seconds(moment) as cast(floor(epoch(moment)) as bigint)",
  "create or replace temp macro unix_millis(moment) as epoch_ms(moment)",
  "create temp type float64 as double",
];

/** Connects to a DuckDB that then runs the warehouse's SQL. */
export async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  for (const statement of dialect) await connection.run(statement);
  return connection;
}
