import type { DuckDBConnection } from "@duckdb/node-api";
import { fullName, type Table, tables } from "../../tables/table.ts";
import { WarehouseError } from "../../warehouse.ts";
import { duckdbTypes } from "./types.ts";

/**
 * Creates the schemas and tables that are missing.
 * @throws {WarehouseError} when a table has other columns
 */
export async function createTables(connection: DuckDBConnection, path: string): Promise<void> {
  const present = await columnsByTable(connection);
  for (const table of tables) {
    const columns = present.get(fullName(table));
    if (!columns) for (const statement of createStatements(table)) await connection.run(statement);
    else if (columns !== table.fields.map(({ name }) => name).join()) {
      throw new WarehouseError(
        `${path} was made by another version, whose table ${fullName(table)} has other columns: start over with npm start -- --fresh.`,
      );
    }
  }
}

/** The names of the columns of every table, joined by commas. */
async function columnsByTable(connection: DuckDBConnection): Promise<Map<string, string>> {
  const result = await connection.runAndReadAll(
    `select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index)
     from duckdb_columns() where not internal group by all`,
  );
  return new Map(result.getRows().map(([table, columns]) => [String(table), String(columns)]));
}

function createStatements(table: Table): string[] {
  const columns = table.fields.map(
    ({ name, type, mode }) => `${name} ${duckdbTypes[type]}${mode === "REQUIRED" ? " not null" : ""}`,
  );
  return [
    `create schema if not exists ${table.dataset}`,
    `create table if not exists ${fullName(table)} (${columns.join(", ")})`,
  ];
}
