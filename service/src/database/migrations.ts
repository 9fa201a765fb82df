import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import Postgrator from "postgrator";
import { applyRetention, type RetentionReport } from "../retention/expire.ts";
import { type ConnectionSettings, connectionOptions } from "./connection.ts";
import { databaseFailure } from "./failures.ts";
import { addPartitionBound, validatePartitionBound } from "./partition-bound.ts";
import { neededVersion, schemaVersion } from "./schema-version.ts";
import { setSession } from "./session-settings.ts";
import { withClient } from "./with-client.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

// Any fixed number that no other program on the same database uses.
const migrationLock = 7_205_759_403_792_794;

// Requests that need a table queue behind a migration that waits for it, so it waits for less than LOCK_TIMEOUT_MS, and
// lets them pass before it tries again. A bulk import may hold its table for IMPORT_TIMEOUT_MS.
const lockTimeoutMs = 1_000;
const passMs = 2_000;
const patienceMs = 5 * 60_000;

export interface MigrationReport {
  /** Names of the migrations that this run applied, oldest first. */
  applied: string[];
  /** The version that the database has now. */
  version: number;
  /** Set when the database was migrated by newer code: nothing was done. */
  newerThanCode: boolean;
  /** What was created ahead and removed; nothing is when the database was migrated by newer code. */
  retention?: RetentionReport;
}

export interface MigrateOptions {
  /** Logins that become members of role `clan_app`. */
  appLogins?: string[];
  /** Makes its own login a member of `clan_app` and `clan_reader`. */
  includingSelf?: boolean;
  /** The role that creates and owns everything. */
  role?: string | undefined;
  /** Activity that is older is removed; without it, all is kept. */
  activityRetentionDays?: number | undefined;
  /** Keeps notes of erasures for the next sync, which may be the first in months. */
  keepErasures?: boolean;
}

/** The schema is migrated, but partitions were not created or dropped, or expired rows not removed, or not all of them. */
export class RetentionIncomplete extends Error {
  override name = "RetentionIncomplete";
  constructor(version: number, cause: Error) {
    super(
      `the schema is at version ${version}, but the retention is incomplete: ${cause.message}; run it again`,
      { cause },
    );
  }
}

/** PostgreSQL was lost while it committed. */
export class CommitUnknown extends Error {
  override name = "CommitUnknown";
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`whether it was committed is not known (${why}); run it again: it does what is missing`, { cause });
  }
}

/**
 * Migrates a database to the newest schema, all or nothing: in one transaction under an advisory lock, so that
 * concurrent runs follow each other. Retries for up to 5 minutes while other sessions hold a lock that it needs. Then
 * grants the roles that `options` name, creates the coming quarters' partitions and removes what has expired. With `role`,
 * the login has to be a member of it.
 *
 * @throws {CommitUnknown} when PostgreSQL was lost while it committed
 * @throws {RetentionIncomplete} when it failed after that transaction
 * @throws when an applied migration file has been changed since, or a login does not exist
 */
export async function migrate(
  database: string | ConnectionSettings,
  { appLogins = [], includingSelf = false, role, activityRetentionDays, keepErasures }: MigrateOptions = {},
): Promise<MigrationReport> {
  const connection = connectionOptions(typeof database === "string" ? { DATABASE_URL: database } : database);
  return withClient({ ...connection, application_name: "clan-migrate" }, async (client) => {
    await refuseOlderServer(client);
    // Bounds of partitions are read as text, and a week of a time zone may lack an hour.
    await client.query(setSession);
    // When this process is stopped, a statement of it must not go on and hold its locks.
    // PostgreSQL on Windows can't check.
    if (process.platform !== "win32") await client.query("set client_connection_check_interval = '1s'");
    if (role) await client.query(`set role ${client.escapeIdentifier(role)}`);
    // Held until the connection ends: one run at a time in the whole database.
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await retrying(client, () => addPartitionBound(client));
    await validatePartitionBound(client);
    const report = await retrying(client, async () => {
      const report = await applyMigrations(client);
      // The service checks whether its schema is there.
      await client.query("grant select on public.schema_migrations to clan_app");
      for (const login of appLogins) {
        await client.query(`grant clan_app to ${client.escapeIdentifier(login)}`);
      }
      if (includingSelf) await client.query("grant clan_app, clan_reader to current_user");
      return report;
    });
    if (report.newerThanCode) return report;
    const retention = await applyRetention(client, activityRetentionDays, { keepErasures }).catch(
      (cause: Error) => {
        throw new RetentionIncomplete(report.version, cause);
      },
    );
    return { ...report, retention };
  });
}

/** Runs `work` in a transaction; retries while a lock is taken. */
async function retrying<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    await client.query("begin");
    try {
      await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
      const result = await work();
      await commit(client);
      return result;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await client.query("rollback");
      if (performance.now() > deadline) {
        const minutes = patienceMs / 60_000;
        throw new Error(
          `others held a lock that it needs for ${minutes} minutes (${error.message}); run it again`,
          {
            cause: error,
          },
        );
      }
      await delay(passMs);
    }
  }
}

async function commit(client: pg.Client): Promise<void> {
  try {
    await client.query("commit");
  } catch (cause) {
    if (!databaseFailure(cause)) throw cause;
    throw new CommitUnknown(cause);
  }
}

const isLockTimeout = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && error.code === "55P03";

async function refuseOlderServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int as number, version()",
  );
  if (rows[0].number < 180_000)
    throw new Error(`PostgreSQL 18 or later is needed, and this is ${rows[0].version}`);
}

async function applyMigrations(client: pg.Client): Promise<MigrationReport> {
  const postgrator = new Postgrator({
    driver: "pg",
    schemaTable: "public.schema_migrations",
    migrationPattern: `${migrationsFolder}/*.sql`,
    execQuery: (query) => client.query(query),
  });
  const inDatabase = await schemaVersion(client);
  if (inDatabase > neededVersion) return { applied: [], version: inDatabase, newerThanCode: true };

  const applied = await postgrator.migrate();
  return {
    applied: applied.map((migration) => migration.name),
    version: neededVersion,
    newerThanCode: false,
  };
}
