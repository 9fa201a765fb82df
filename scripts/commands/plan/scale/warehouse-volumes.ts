import type { Field, Table } from "@clan-platform/warehouse/tables/table.ts";

/**
 * How many rows a day adds to each table of the warehouse, by the number of daily active users. A new table needs its line
 * here (warehouse-volumes.test.ts says so); its bytes follow from its schema.
 */
export const rowsPerDay: Record<string, (dau: number) => number> = {
  user_daily_metrics_raw: (dau) => dau,
  // 190 countries and two platforms, each only if somebody played there.
  daily_metrics: (dau) => Math.min(dau, 380),
  // The same, with ALL for each.
  active_users: (dau) => Math.min(4 * dau, 573),
  // Each of those 380 for each of 91 days since the install.
  cohort_metrics: (dau) => Math.min(dau, 380 * 91),
  // One in ten thousand.
  user_daily_metrics_rejected: (dau) => dau / 10_000,
  // Bookkeeping of loads, syncs and runs; what people note; locks.
  loaded_parts: () => 10,
  activity_syncs: () => 100,
  activity_sync_days: () => 300,
  daily_metrics_runs: () => 100,
  active_users_runs: () => 100,
  cohort_metrics_runs: () => 100,
  annotations: () => 1,
  user_daily_metrics_raw_lock: () => 0,
  daily_metrics_lock: () => 0,
};

/** Logical bytes of a value, which BigQuery bills (https://cloud.google.com/bigquery/pricing#data); a string has 2 more. */
const bytes = { DATE: 8, INT64: 8, FLOAT64: 8, NUMERIC: 16, TIMESTAMP: 8 };
const stringBytes: Record<string, number> = { user_id: 34, platform: 9, country: 4 };

const fieldBytes = ({ name, type }: Field) => (type === "STRING" ? (stringBytes[name] ?? 40) : bytes[type]);

/** Logical bytes of a row of a table whose values are all set. */
export const rowBytes = ({ fields }: Pick<Table, "fields">) =>
  fields.reduce((sum, field) => sum + fieldBytes(field), 0);

/** Logical bytes that a day adds to a table. */
export const bytesPerDay = (table: Table, dau: number) =>
  (rowsPerDay[table.name]?.(dau) ?? 0) * rowBytes(table);
