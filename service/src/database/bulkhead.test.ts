import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it, onTestFinished } from "vitest";
import { createBulkhead } from "./bulkhead.ts";
import { createPool } from "./pool.ts";

const history = "/user-activity?user_id=somebody";

it.each([
  ["clans", "/clans", history],
  ["user_activity", history, "/clans"],
])("a lock on %s stops what needs the table, and nothing else", async (table, locked, free) => {
  const { app, database } = await startTestApp({ POOL_MAX: "3", LOCK_TIMEOUT_MS: "2000" });
  const admin = await connect(database.adminUrl);
  await admin.query("begin");
  await admin.query(`lock table ${table} in access exclusive mode`);
  const waiting = Array.from({ length: 10 }, () => get(app, locked));
  const observer = await connect(database.adminUrl);
  await expect.poll(async () => waitingForLock(observer)).toBe(2);

  expect((await get(app, free)).status).toBe(200);
  expect((await get(app, "/health/ready")).status).toBe(200);

  for (const { status, body } of await Promise.all(waiting)) {
    expect([status, body.reason]).toEqual([503, "DATABASE_BUSY"]);
  }
  await admin.query("rollback");
  expect((await get(app, locked)).status).toBe(200);
});

async function waitingForLock(observer: Awaited<ReturnType<typeof connect>>): Promise<number> {
  const { rows } = await observer.query(
    `select count(*)::int as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].waiting;
}

it("gives every place back, also after failures, and lets nobody wait longer than for the pool", async () => {
  const { serviceUrl } = await createTestDatabase();
  const limits = {
    POOL_MAX: 2,
    CONNECT_TIMEOUT_MS: 300,
    LOCK_TIMEOUT_MS: 1_000,
    STATEMENT_TIMEOUT_MS: 2_000,
  };
  const pool = createPool({ DATABASE_URL: serviceUrl, ...limits }, () => {});
  onTestFinished(() => pool.end());
  const bulkhead = createBulkhead(pool, 1);

  for (let n = 0; n < 3; n++)
    await expect(bulkhead.query("select 1 / 0")).rejects.toThrow("division by zero");
  const held = await bulkhead.connect();
  const startedAt = performance.now();
  await expect(bulkhead.query("select 1")).rejects.toThrow("timeout exceeded when trying to connect");
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);

  // One in line is served as soon as there is a place.
  const next = bulkhead.query("select 2 as two");
  held.release();
  expect((await next).rows).toEqual([{ two: 2 }]);
});
