import type { Column, columns } from "@clan-platform/contract/columns.ts";
import { fullName, type Table } from "../tables/table.ts";
import type { Row, Value, Warehouse } from "../warehouse.ts";

type ValueOf<C extends Column> =
  | (C["kind"] extends "count" ? number : string)
  | (C["nullable"] extends true ? null : never);

/** A row of `user_daily_metrics_raw`; amounts are decimals, which keep all their digits. */
export type RawRow = Row & { [C in (typeof columns)[number] as C["name"]]: ValueOf<C> };

/** A valid row; `changes` make it the subject of a test. */
export function rawRow(changes: Partial<RawRow> = {}): RawRow {
  return {
    user_id: "ann",
    event_date: "2024-03-02",
    platform: "ANDROID",
    install_date: "2024-01-01",
    country: "TR",
    total_session_count: 2,
    total_session_duration: "61.5",
    match_start_count: 4,
    match_end_count: 3,
    victory_count: 2,
    defeat_count: 1,
    server_connection_error: 1,
    iap_revenue: "4.99",
    ad_revenue: "0.015",
    ...changes,
  };
}

/** Replaces all rows of a table on DuckDB by these. */
export async function setRows(warehouse: Warehouse, table: Table, rows: Row[]): Promise<void> {
  await warehouse.write({ sql: `delete from ${fullName(table)}`, writes: table });
  if (rows.length > 0) await insertRows(warehouse, table, rows);
}

/** Adds these rows to a table. */
export async function insertRows(
  warehouse: Pick<Warehouse, "write">,
  table: Table,
  rows: Row[],
): Promise<void> {
  const columns = table.fields.map(({ name }) => name);
  const lines = rows.map((row) => `(${columns.map((name) => literal(row[name] ?? null)).join(", ")})`);
  const sql = `insert into ${fullName(table)} (${columns.join(", ")}) values\n${lines.join(",\n")}`;
  await warehouse.write({ sql, writes: table });
}

/** Days and decimals are quoted, too: DuckDB converts them to the column's type. */
function literal(value: Value): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
