import { fullName, type Table } from "../tables/table.ts";
import type { Row, Value, Warehouse } from "../warehouse.ts";

/** A row of `user_daily_metrics_raw`; amounts are decimals, so that nothing of them is lost on the way. */
export interface RawRow extends Row {
  user_id: string;
  event_date: string;
  platform: string;
  install_date: string;
  country: string | null;
  total_session_count: number;
  total_session_duration: string;
  match_start_count: number;
  match_end_count: number;
  victory_count: number;
  defeat_count: number;
  server_connection_error: number;
  iap_revenue: string;
  ad_revenue: string;
}

/** A row that nothing is wrong with; `changes` make it what the test is about. */
export function rawRow(changes: Partial<RawRow> = {}): RawRow {
  return {
    user_id: "somebody",
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

/** Makes these the rows of a table on DuckDB. */
export async function setRows(warehouse: Warehouse, table: Table, rows: Row[]): Promise<void> {
  await warehouse.query(`delete from ${fullName(table)}`);
  if (rows.length > 0) await insertRows(warehouse, table, rows);
}

/** Adds these rows to a table. */
export async function insertRows(
  warehouse: Pick<Warehouse, "query">,
  table: Table,
  rows: Row[],
): Promise<void> {
  const columns = table.fields.map(({ name }) => name);
  const lines = rows.map((row) => `(${columns.map((name) => literal(row[name] ?? null)).join(", ")})`);
  await warehouse.query(
    `insert into ${fullName(table)} (${columns.join(", ")}) values\n${lines.join(",\n")}`,
  );
}

/** Text for days and decimals too: DuckDB reads it as the column's type. */
function literal(value: Value): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
