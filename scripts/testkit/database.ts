import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import { atEnd } from "./at-end.ts";

export interface TestDatabase {
  /** As superuser, for what the service may not do. */
  adminUrl: string;
  /** As the service logs in, with the rights of `clan_app`. */
  serviceUrl: string;
}

/** A database of its own, empty or a clone of the migrated template; dropped after the test, or the tests. */
export async function createTestDatabase({ template = "template_clan" } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  // Copied as files, which is quickest where nothing is synced to disk.
  await runAsAdmin(`create database ${name} template ${template} strategy file_copy`);
  atEnd(() => runAsAdmin(`drop database if exists ${name} with (force)`));
  const adminUrl = new URL(inject("postgresUrl"));
  adminUrl.pathname = `/${name}`;
  const serviceUrl = new URL(adminUrl);
  serviceUrl.username = "clan_service";
  serviceUrl.password = "test";
  return { adminUrl: adminUrl.href, serviceUrl: serviceUrl.href };
}

async function runAsAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  await admin.query(sql);
  await admin.end();
}

/** A connection that the test closes at its end. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/**
 * Process ids of the sessions that wait for a lock in the client's database; `pg_locks` also has those of other
 * databases, such as of test files that run at the same time. (Not from `pg_stat_activity`, which does not change
 * within a transaction.)
 */
export async function waitingForLock(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query(
    // The lock of a transaction is of no database, but who waits for it has others.
    `select distinct pid
     from pg_locks
     where not granted and pid in (
       select pid
       from pg_locks
       join pg_database on pg_database.oid = pg_locks.database
       where datname = current_database()
     )`,
  );
  return rows.map(({ pid }) => pid);
}
