import type { DuckDBConnection } from "@duckdb/node-api";
import { type Field, fullName, rawTable, type Table, tables } from "../../tables/table.ts";
import { duckdbView, views } from "../../views/view.ts";
import { WarehouseError } from "../../warehouse.ts";
import { duckdbTypes } from "./types.ts";

/**
 * Creates the schemas, tables and views that are missing, and the nullable columns at the end of those that are there.
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
  await createViews(connection);
}

/** Creates the views that are missing or that another version has made: its text is in the comment. */
async function createViews(connection: DuckDBConnection): Promise<void> {
  const result = await connection.runAndReadAll(
    "select schema_name || '.' || view_name, comment from duckdb_views() where not internal",
  );
  const present = new Map(result.getRows().map(([name, comment]) => [String(name), comment]));
  for (const view of views) {
    const query = duckdbView(view);
    if (present.get(fullName(view)) === query) continue;
    await connection.run(`create or replace view ${fullName(view)} as ${query}`);
    await connection.run(`comment on view ${fullName(view)} is '${query.replaceAll("'", "''")}'`);
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
  const columns = table.fields.map((field) => {
    const isRequired = field.mode === "REQUIRED" ? " not null" : "";
    return `${field.name} ${duckdbTypes[field.type]}${isRequired}${compressionOf(table, field)}`;
  });
  return [
    `create schema if not exists ${table.dataset}`,
    `create table if not exists ${fullName(table)} (${columns.join(", ")})`,
  ];
}

/**
 * Ids of users are almost random. Compressed, they take half the room, and make a load and a count of users a third slower.
 */
const compressionOf = (table: Table, { name }: Field) =>
  table === rawTable && name === "user_id" ? " using compression uncompressed" : "";
