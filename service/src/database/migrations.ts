import { fileURLToPath } from "node:url";
import pg from "pg";
import Postgrator from "postgrator";
import { type ConnectionSettings, connectionOptions } from "./connection.ts";
import { neededVersion, schemaVersion } from "./schema-version.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

// Any fixed number that no other program on the same database takes.
const migrationLock = 7_205_759_403_792_794;

export interface MigrationReport {
  /** Names of the migrations that this run applied, oldest first. */
  applied: string[];
  /** The version that the database has now. */
  version: number;
  /** Set when the database was migrated by newer code: nothing was done. */
  newerThanCode: boolean;
}

/**
 * Brings a database to the newest schema, all or nothing: one transaction under an advisory lock, so
 * that two runs at once follow each other. Then makes `appLogins` members of role `clan_app`, and the login it runs with,
 * when `includingSelf`, of `clan_app` and `clan_reader`. With `role`, everything is made and owned by that role, which the login has to be a member of.
 *
 * @throws when an applied migration file has been changed since, or a login does not exist
 */
export async function migrate(
  database: string | ConnectionSettings,
  {
    appLogins = [],
    includingSelf = false,
    role,
  }: { appLogins?: string[]; includingSelf?: boolean; role?: string | undefined } = {},
): Promise<MigrationReport> {
  const client = new pg.Client({
    ...connectionOptions(typeof database === "string" ? { DATABASE_URL: database } : database),
    application_name: "clan-migrate",
    connectionTimeoutMillis: 10_000,
  });
  // The query in flight rejects with the same error; unheard, the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    await refuseOlderServer(client);
    if (role) await client.query(`set role ${client.escapeIdentifier(role)}`);
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
    const report = await applyMigrations(client);
    // The service looks whether its schema is there.
    await client.query("grant select on public.schema_migrations to clan_app");
    for (const login of appLogins) {
      await client.query(`grant clan_app to ${client.escapeIdentifier(login)}`);
    }
    if (includingSelf) await client.query("grant clan_app, clan_reader to current_user");
    await client.query("commit");
    return report;
  } finally {
    await client.end();
  }
}

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
