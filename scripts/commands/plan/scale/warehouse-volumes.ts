import type { Field, Table } from "@clan-platform/warehouse/tables/table.ts";

/** Players who ever registered, per daily active user: believed, for a game in its first years. */
const registeredPerDau = 10;

/**
 * How many rows a day adds to each table of the warehouse, by the number of daily active users. A new table needs its line
 * here (constants.test.ts says so); its bytes follow from its schema.
 */
export const rowsPerDay: Record<string, (dau: number) => number> = {
  user_daily_metrics_raw: (dau) => dau,
  // 190 countries and two platforms, each only if somebody played there.
  daily_metrics: (dau) => Math.min(dau, 380),
  // The same, with ALL for each.
  active_users: (dau) => Math.min(4 * dau, 573),
  // Each of those 380 for each of 91 days since the install.
  cohort_metrics: (dau) => Math.min(dau, 380 * 91),
  // Of the players, 60 % are in clans of 20 on the mean; each has a row a day.
  clan_daily_metrics: (dau) => (dau * registeredPerDau * 0.6) / 20,
  membership_metrics: (dau) => Math.min(dau, 2 * 380),
  // Install days 14, 30 and 60 days before; two comparisons, with and without a clan.
  membership_cohorts: () => 12,
  // A clan lasts, and so does a membership: one in a thousand players of a day creates the one, one in 50 begins or ends the other.
  clans: (dau) => dau / 1_000,
  clan_membership_periods: (dau) => dau / 50,
  // One in ten thousand.
  user_daily_metrics_rejected: (dau) => dau / 10_000,
  // Bookkeeping of loads, syncs and runs; what people note; locks.
  loaded_parts: () => 10,
  activity_syncs: () => 100,
  activity_sync_days: () => 300,
  daily_metrics_runs: () => 100,
  active_users_runs: () => 100,
  cohort_metrics_runs: () => 100,
  clan_daily_metrics_runs: () => 100,
  membership_metrics_runs: () => 100,
  membership_cohorts_runs: () => 100,
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
