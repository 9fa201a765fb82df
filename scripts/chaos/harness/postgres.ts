import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { isAlive } from "@clan-platform/warehouse/process-alive.ts";
import pg from "pg";
import { type Cluster, startCluster } from "../../local/postgres/cluster.ts";
import { clusterUrl } from "../../local/postgres/connection.ts";
import { freePort } from "../../testkit/free-port.ts";
import { waitUntil } from "../../testkit/wait-until.ts";

const login = "clan_service";

/** A PostgreSQL for faults, which keeps its port over restarts. */
export interface Postgres {
  port: number;
  /** As superuser. */
  adminUrl: string;
  /** As the service logs in, with the rights of `clan_app`. */
  serviceUrl: string;
  /** One query as superuser, on a connection of its own. */
  query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A session as superuser, for holding locks; it may be terminated at any time. */
  session(): Promise<pg.Client>;
  /** Migrates the schema to the current version. */
  migrate(): Promise<void>;
  /** Whether the postmaster is running; it may be recovering. */
  isRunning(): boolean;
  /** Ends the postmaster by a signal, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Restarts it after it has ended. */
  start(): Promise<void>;
  /** Shuts it down if it is running. */
  stop(): Promise<void>;
}

/** Starts a PostgreSQL with a login for the service, migrated by default. */
export async function startPostgres(
  folder: string,
  settings: string[] = [],
  { isMigrated = true } = {},
): Promise<Postgres> {
  // Not the default port, which other experiments would use as well.
  const port = await freePort();
  let cluster: Cluster | undefined = await startCluster({ folder, port, settings });
  const { password } = cluster;
  const adminUrl = clusterUrl(cluster, "postgres");
  const query = (sql: string, parameters: unknown[] = []) => queryOnce(adminUrl, sql, parameters);
  await query(`create role ${login} login password '${password}'`);
  const migrateSchema = async () => void (await migrate(adminUrl, { appLogins: [login] }));
  if (isMigrated) await migrateSchema();
  const postmaster = () => Number.parseInt(readFileSync(join(folder, "data", "postmaster.pid"), "utf8"), 10);
  return {
    port,
    adminUrl,
    serviceUrl: clusterUrl(cluster, "postgres", login),
    query,
    session: () => connect(adminUrl),
    migrate: migrateSchema,
    isRunning: () => existsSync(join(folder, "data", "postmaster.pid")) && isAlive(postmaster()),
    async end(signal) {
      const pid = postmaster();
      process.kill(pid, signal);
      await waitUntil("the postmaster has ended", () => !isAlive(pid));
      cluster = undefined;
    },
    async start() {
      // The backends of a killed postmaster notice it one by one; until then, a new one refuses to start.
      cluster = await waitUntil("PostgreSQL starts again", () =>
        startCluster({ folder, port, settings }).catch(() => undefined),
      );
    },
    async stop() {
      await cluster?.stop();
    },
  };
}

async function queryOnce(url: string, sql: string, parameters: unknown[]) {
  const client = await connect(url);
  try {
    return (await client.query(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client;
}
