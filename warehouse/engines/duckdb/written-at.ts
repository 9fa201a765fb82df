import type { DuckDBConnection } from "@duckdb/node-api";
import { fullName } from "../../tables/table.ts";
import type { TableName } from "../../warehouse.ts";

/**
 * Records in a table's comment that its rows were written now; BigQuery itself reports
 * `lastModifiedTime` (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table).
 */
export async function noteWritten(connection: DuckDBConnection, table: TableName): Promise<void> {
  await connection.run(`comment on table ${fullName(table)} is '${new Date().toISOString()}'`);
}

/** When rows of a table were last written, as ISO 8601; undefined before the first time. */
export async function lastWrittenAt(
  connection: DuckDBConnection,
  { dataset, name }: TableName,
): Promise<string | undefined> {
  const result = await connection.runAndReadAll(
    `select comment
     from duckdb_tables()
     where database_name = current_database() and schema_name = $dataset and table_name = $name`,
    { dataset, name },
  );
  const [[comment] = []] = result.getRows();
  return typeof comment === "string" ? comment : undefined;
}
