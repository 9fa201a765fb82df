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
  for (const dataset of new Set(tables.map(({ dataset }) => dataset)))
    await connection.run(`create schema if not exists ${dataset}`);
  for (const table of tables) {
    const columns = present.get(fullName(table));
    const statements = columns ? appendStatements(table, columns) : [createStatement(table)];
    for (const statement of statements ?? []) await connection.run(statement);
    if (!statements) {
      throw new WarehouseError(
        `${path} was created by another version; its table ${fullName(table)} has other columns: use that version again, choose another folder with DATA_DIR, or delete this one's data with npm start -- --fresh.`,
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

/** The names of the columns of the tables that are there. Not from `duckdb_columns()`, which takes nearly twice as long. */
async function columnsByTable(connection: DuckDBConnection): Promise<Map<string, string[]>> {
  const found = await connection.runAndReadAll(
    "select schema_name || '.' || table_name from duckdb_tables() where not internal",
  );
  const names = new Set(found.getRows().map(([name]) => String(name)));
  const present = tables.map(fullName).filter((name) => names.has(name));
  if (present.length === 0) return new Map();
  const result = await connection.runAndReadAll(
    present
      .map((name) => `select '${name}', string_agg(name, ',' order by cid) from pragma_table_info('${name}')`)
      .join(" union all "),
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

function createStatement(table: Table): string {
  const columns = table.fields.map((field) => {
    const isRequired = field.mode === "REQUIRED" ? " not null" : "";
    return `${field.name} ${duckdbTypes[field.type]}${isRequired}${compressionOf(table, field)}`;
  });
  return `create table if not exists ${fullName(table)} (${columns.join(", ")})`;
}

/**
 * Ids of users are almost random. Compressed, they take half the room, and make a load and a count of users a third slower.
 */
const compressionOf = (table: Table, { name }: Field) =>
  table === rawTable && name === "user_id" ? " using compression uncompressed" : "";
