import { startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { createPool } from "./pool.ts";

const limits = {
  POOL_MAX: 1,
  CONNECT_TIMEOUT_MS: 3_000,
  LOCK_TIMEOUT_MS: 1_000,
  STATEMENT_TIMEOUT_MS: 2_000,
};

it.each([
  "drop table clans",
  "alter table clans add column x int",
  "create table mine (x int)",
  "create index on clans (name)",
  "truncate clans",
  "update clans set created_at = now()",
  "truncate clan_membership_periods",
  "delete from clan_membership_periods",
  "update clan_membership_periods set clan_id = uuidv7()",
  "update clan_members set clan_id = uuidv7()",
  "create role mine",
  "set session authorization postgres",
  "set role postgres",
  "reset role; drop table clans",
])("the service's login may not: %s", async (statement) => {
  const { database } = await startTestApp();
  const client = await connect(database.serviceUrl);
  await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/);
});

it("a pool has the rights of clan_app even when a superuser logs in", async () => {
  const { database } = await startTestApp();
  const pool = createPool({ ...limits, DATABASE_URL: database.adminUrl }, () => {});
  await expect(pool.query("drop table clans")).rejects.toThrow(/must be owner/);
  const { rows } = await pool.query("select current_user::text as role");
  expect(rows).toEqual([{ role: "clan_app" }]);
  await pool.end();
});
