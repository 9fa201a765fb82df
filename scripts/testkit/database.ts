import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

export interface TestDatabase {
  /** As superuser, for what the service may not do. */
  adminUrl: string;
  /** As the service logs in, with the rights of `clan_app`. */
  serviceUrl: string;
}

/** A database of its own, empty or a clone of the migrated template; dropped with the server after the run. */
export async function createTestDatabase({ template = "template_clan" } = {}): Promise<TestDatabase> {
  const admin = new pg.Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await admin.query(`create database ${name} template ${template}`);
  await admin.end();
  const adminUrl = new URL(inject("postgresUrl"));
  adminUrl.pathname = `/${name}`;
  const serviceUrl = new URL(adminUrl);
  serviceUrl.username = "clan_service";
  serviceUrl.password = "test";
  return { adminUrl: adminUrl.href, serviceUrl: serviceUrl.href };
}

/** A connection that the test closes at its end. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
