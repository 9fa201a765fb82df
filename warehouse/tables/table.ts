import { readFileSync } from "node:fs";
import { z } from "zod";

const Field = z.strictObject({
  name: z.string().regex(/^[a-z_]+$/),
  type: z.enum(["STRING", "DATE", "INT64", "NUMERIC", "FLOAT64", "TIMESTAMP"]),
  mode: z.enum(["REQUIRED", "NULLABLE"]),
  description: z.string().min(1),
});
export type Field = z.infer<typeof Field>;

const Settings = z.strictObject({
  dataset: z.enum(["clan_case_raw", "clan_case_analytics"]),
  description: z.string(),
  /** What makes a row unique. */
  key: z.array(z.string()),
  timePartitioning: z.strictObject({ type: z.literal("DAY"), field: z.string() }).optional(),
  requirePartitionFilter: z.boolean().default(false),
  clustering: z.strictObject({ fields: z.array(z.string()) }).optional(),
});

/** A table as its folder describes it: `schema.json` in BigQuery's form, `table.json` for the rest. */
export interface Table extends z.infer<typeof Settings> {
  name: string;
  fields: Field[];
}

function readTable(name: string): Table {
  const read = (file: string) =>
    JSON.parse(readFileSync(new URL(`${name}/${file}`, import.meta.url), "utf8"));
  return { name, fields: z.array(Field).parse(read("schema.json")), ...Settings.parse(read("table.json")) };
}

export const rawTable = readTable("user_daily_metrics_raw");
export const rejectedTable = readTable("user_daily_metrics_rejected");
export const loadedPartsTable = readTable("loaded_parts");
export const activitySyncsTable = readTable("activity_syncs");
export const activitySyncDaysTable = readTable("activity_sync_days");
export const dailyMetricsTable = readTable("daily_metrics");
export const dailyMetricsRunsTable = readTable("daily_metrics_runs");
export const activeUsersTable = readTable("active_users");
export const activeUsersRunsTable = readTable("active_users_runs");
export const cohortMetricsTable = readTable("cohort_metrics");
export const cohortMetricsRunsTable = readTable("cohort_metrics_runs");
export const clansTable = readTable("clans");
export const clanMembershipPeriodsTable = readTable("clan_membership_periods");
export const clanDailyMetricsTable = readTable("clan_daily_metrics");
export const clanDailyMetricsRunsTable = readTable("clan_daily_metrics_runs");
export const membershipMetricsTable = readTable("membership_metrics");
export const membershipMetricsRunsTable = readTable("membership_metrics_runs");
export const membershipCohortsTable = readTable("membership_cohorts");
export const membershipCohortsRunsTable = readTable("membership_cohorts_runs");
/** What people note about days. */
export const annotationsTable = readTable("annotations");
/** The lock of the raw table and of what is written with it (engines/bigquery/lock.ts). */
export const rawLockTable = readTable("user_daily_metrics_raw_lock");
/** The lock of the tables that are computed from raw, of their runs, and of annotations. */
export const dailyMetricsLockTable = readTable("daily_metrics_lock");

export const tables = [
  rawTable,
  rejectedTable,
  loadedPartsTable,
  activitySyncsTable,
  activitySyncDaysTable,
  dailyMetricsTable,
  dailyMetricsRunsTable,
  activeUsersTable,
  activeUsersRunsTable,
  cohortMetricsTable,
  cohortMetricsRunsTable,
  clansTable,
  clanMembershipPeriodsTable,
  clanDailyMetricsTable,
  clanDailyMetricsRunsTable,
  membershipMetricsTable,
  membershipMetricsRunsTable,
  membershipCohortsTable,
  membershipCohortsRunsTable,
  annotationsTable,
  rawLockTable,
  dailyMetricsLockTable,
];

/** `dataset.table`, as SQL names it on both engines. */
export const fullName = ({ dataset, name }: Pick<Table, "dataset" | "name">) => `${dataset}.${name}`;
