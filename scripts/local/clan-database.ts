import { join } from "node:path";
import { type MigrationReport, migrate } from "@clan-platform/service/database/migrations.ts";
import { withClient } from "@clan-platform/service/database/with-client.ts";
import { CliError } from "../commands/terminal/cli-error.ts";
import { type Cluster, startCluster } from "./postgres/cluster.ts";
import { type Connection, clusterUrl } from "./postgres/connection.ts";
import { findRunningCluster } from "./postgres/running-cluster.ts";
import type { Settings } from "./settings.ts";

const database = "clan";
const serviceLogin = "clan_service";
const endless = new Promise<never>(() => {});

export interface ClanDatabase {
  /** For people and migrations. */
  adminUrl: string;
  /** For the service: on the embedded PostgreSQL, a login that has the rights of role `clan_app` and no others. */
  serviceUrl: string;
  isEmbedded: boolean;
  migration: MigrationReport;
  /** Fulfilled when the PostgreSQL that was started here has ended, whatever ended it; never for any other. */
  ended: Promise<unknown>;
  /** Stops the PostgreSQL that `openClanDatabase` started; leaves any other alone. */
  close(): Promise<void>;
}

/**
 * The clan database with the newest schema: at DATABASE_URL when that is set, otherwise on the embedded PostgreSQL, which
 * is started unless it is already running.
 * @throws {CliError} when DATABASE_URL can't be reached or migrated
 */
export async function openClanDatabase(settings: Settings, { fresh = false } = {}): Promise<ClanDatabase> {
  if (settings.DATABASE_URL) {
    if (fresh)
      throw new CliError(
        "--fresh deletes local data, and DATABASE_URL names a database that it does not touch: unset one of the two.",
      );
    return openGiven(settings.DATABASE_URL);
  }
  const folder = join(settings.DATA_DIR, "postgres");
  const running = fresh ? undefined : await findRunningCluster(folder);
  return running
    ? openEmbedded({ ...running, ended: endless, stop: async () => {} })
    : startEmbedded(folder, settings.POSTGRES_PORT, fresh);
}

/** Like `openClanDatabase`, but the embedded PostgreSQL must not be running yet: this process owns it. */
export async function startClanDatabase(settings: Settings, { fresh = false } = {}): Promise<ClanDatabase> {
  if (settings.DATABASE_URL) return openClanDatabase(settings, { fresh });
  return startEmbedded(join(settings.DATA_DIR, "postgres"), settings.POSTGRES_PORT, fresh);
}

async function startEmbedded(
  folder: string,
  port: number | undefined,
  fresh: boolean,
): Promise<ClanDatabase> {
  const cluster = await startCluster({ folder, fresh, port });
  try {
    return await openEmbedded(cluster);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function openGiven(url: string): Promise<ClanDatabase> {
  const { host, pathname } = new URL(url);
  try {
    const migration = await migrate(url, { includingSelf: true, keepErasures: true });
    return {
      adminUrl: url,
      serviceUrl: url,
      isEmbedded: false,
      migration,
      ended: endless,
      close: async () => {},
    };
  } catch (cause) {
    const why = cause instanceof AggregateError ? cause.errors[0] : cause;
    const remedy =
      "check that it runs, that the login may create tables and roles, and that DATABASE_URL is right";
    throw new CliError(
      `The database ${pathname.slice(1)} at ${host} (DATABASE_URL) can't be used: ${remedy} (${why instanceof Error ? why.message : why}).`,
      { cause },
    );
  }
}

async function openEmbedded(cluster: Cluster): Promise<ClanDatabase> {
  await createDatabaseAndLogin(cluster);
  const adminUrl = clusterUrl(cluster, database);
  const migration = await migrate(adminUrl, { appLogins: [serviceLogin], keepErasures: true });
  return {
    adminUrl,
    serviceUrl: clusterUrl(cluster, database, serviceLogin),
    isEmbedded: true,
    migration,
    ended: cluster.ended,
    close: () => cluster.stop(),
  };
}

async function createDatabaseAndLogin(connection: Connection): Promise<void> {
  await withClient({ connectionString: clusterUrl(connection, "postgres") }, async (client) => {
    const { rows } = await client.query(
      `select exists(select from pg_database where datname = $1) as database,
              exists(select from pg_roles where rolname = $2) as login`,
      [database, serviceLogin],
    );
    if (!rows[0].database) await client.query(`create database ${database}`);
    if (!rows[0].login) {
      const password = client.escapeLiteral(connection.password);
      await client.query(`create role ${serviceLogin} login password ${password}`);
    }
  });
}
