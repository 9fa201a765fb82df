import "./database/forget-pg-variables.ts";
import { ConfigError, parseMigrationConfig } from "./config.ts";
import { CommitUnknown, migrate, RetentionIncomplete } from "./database/migrations.ts";
import type { RetentionReport } from "./retention/expire.ts";

/** Migrates the database of the environment, prints what it did, and ends the process with an exit code if it failed. */
export async function runMigration(): Promise<void> {
  try {
    const {
      APP_LOGINS: appLogins,
      MIGRATION_ROLE: role,
      ACTIVITY_RETENTION_DAYS: activityRetentionDays,
      ...database
    } = parseMigrationConfig(process.env);
    const report = await migrate(database, { appLogins, role, activityRetentionDays });
    const { applied, version, newerThanCode, retention } = report;
    const what = newerThanCode
      ? "the database was migrated by newer code, nothing to do"
      : applied.length > 0
        ? `applied ${applied.join(", ")}`
        : "nothing to do";
    console.log(`migrate: ${what}; the schema is at version ${version}`);
    if (retention) console.log(`migrate: ${retentionText(retention)}`);
  } catch (error) {
    if (error instanceof ConfigError) {
      console.error(`migrate: ${error.message}`);
      process.exit(2);
    }
    const why = error instanceof Error ? error.message || String(error) : String(error);
    const isChanged = error instanceof CommitUnknown || error instanceof RetentionIncomplete;
    console.error(`migrate: ${isChanged ? why : `nothing was changed: ${why}`}`);
    process.exit(1);
  }
}

function retentionText({ createdPartitions, droppedPartitions, deleted }: RetentionReport): string {
  const rows = Object.entries(deleted).map(([table, count]) => `${count} of ${table}`);
  return `created ${createdPartitions} partitions; dropped ${droppedPartitions.join(", ") || "none"}; deleted expired rows: ${rows.join(", ")}`;
}
