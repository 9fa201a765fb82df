import type { DuckDBConnection } from "@duckdb/node-api";
import { fullName, type Table, tables } from "../../tables/table.ts";
import { WarehouseError } from "../../warehouse.ts";
import { duckdbTypes } from "./types.ts";

/**
 * Creates the schemas and tables that are missing, and the nullable columns at the end of those that are there.
 * @throws {WarehouseError} when a table has other columns
 */
export async function createTables(connection: DuckDBConnection, path: string): Promise<void> {
  const present = await columnsByTable(connection);
  for (const table of tables) {
    const columns = present.get(fullName(table));
    const statements = columns ? appendStatements(table, columns) : createStatements(table);
    for (const statement of statements ?? []) await connection.run(statement);
    if (!statements) {
      throw new WarehouseError(
        `${path} was made by another version, whose table ${fullName(table)} has other columns: start over with npm start -- --fresh.`,
      );
    }
  }
}

/** The names of the columns of every table. */
async function columnsByTable(connection: DuckDBConnection): Promise<Map<string, string[]>> {
  const result = await connection.runAndReadAll(
    `select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index)
     from duckdb_columns() where not internal group by all`,
  );
  return new Map(result.getRows().map(([table, columns]) => [String(table), String(columns).split(",")]));
}

/** Undefined when the table has other columns than the first ones described, or the rest is required. */
function appendStatements(table: Table, present: string[]): string[] | undefined {
  const isPrefix = present.every((name, at) => name === table.fields[at]?.name);
  const missing = table.fields.slice(present.length);
  if (!isPrefix || missing.some(({ mode }) => mode === "REQUIRED")) return undefined;
  return missing.map(
    ({ name, type }) => `alter table ${fullName(table)} add column ${name} ${duckdbTypes[type]}`,
  );
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
