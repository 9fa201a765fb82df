import "./database/forget-pg-variables.ts";
import { ConfigError, parseMigrationConfig } from "./config.ts";
import { CommitUnknown, migrate } from "./database/migrations.ts";

/** Migrates the database of the environment, prints what it did, and ends the process with an exit code if it failed. */
export async function runMigration(): Promise<void> {
  try {
    const { APP_LOGINS: appLogins, MIGRATION_ROLE: role, ...database } = parseMigrationConfig(process.env);
    const { applied, version, newerThanCode } = await migrate(database, { appLogins, role });
    const what = newerThanCode
      ? "the database was migrated by newer code, nothing to do"
      : applied.length > 0
        ? `applied ${applied.join(", ")}`
        : "nothing to do";
    console.log(`migrate: ${what}; the schema is at version ${version}`);
  } catch (error) {
    if (error instanceof ConfigError) {
      console.error(`migrate: ${error.message}`);
      process.exit(2);
    }
    const why = error instanceof Error ? error.message || String(error) : String(error);
    console.error(`migrate: ${error instanceof CommitUnknown ? why : `nothing was changed: ${why}`}`);
    process.exit(1);
  }
}
