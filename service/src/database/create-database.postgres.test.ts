import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./create-database.ts";
import type { Database } from "./database.ts";
import { createPool } from "./pool.ts";

const history = "/user-activity?user_id=somebody";

it.each([
  ["clans", "/clans", history],
  ["user_activity", history, "/clans"],
])("a lock on %s stops requests that need the table, and no others", async (table, locked, free) => {
  const { app, database } = await startTestApp({ POOL_MAX: "3", LOCK_TIMEOUT_MS: "2000" });
  const admin = await connect(database.adminUrl);
  await admin.query("begin");
  await admin.query(`lock table ${table} in access exclusive mode`);
  const waiting = Array.from({ length: 10 }, () => get(app, locked));
  const observer = await connect(database.adminUrl);
  await expect.poll(() => waitingForLock(observer)).toHaveLength(2);

  expect((await get(app, free)).status).toBe(200);
  expect((await get(app, "/health/ready")).status).toBe(200);

  for (const { status, body } of await Promise.all(waiting)) {
    expect([status, body.reason]).toEqual([503, "DATABASE_BUSY"]);
  }
  await admin.query("rollback");
  expect((await get(app, locked)).status).toBe(200);
});

it("frees every slot, also after failures, and waits no longer than CONNECT_TIMEOUT_MS", async () => {
  const { serviceUrl } = await createTestDatabase();
  const limits = {
    POOL_MAX: 2,
    CONNECT_TIMEOUT_MS: 300,
    LOCK_TIMEOUT_MS: 1_000,
    STATEMENT_TIMEOUT_MS: 2_000,
  };
  const pool = createPool({ DATABASE_URL: serviceUrl, ...limits }, () => {});
  onTestFinished(() => pool.end());
  const database = createDatabase(pool, { maxConcurrency: 1, connectTimeoutMs: limits.CONNECT_TIMEOUT_MS });

  for (let n = 0; n < 3; n++)
    await expect(database.query("select 1 / 0")).rejects.toThrow("division by zero");
  const { finish, finished } = await holdSlot(database);
  const startedAt = performance.now();
  await expect(database.query("select 1")).rejects.toThrow("timeout exceeded when trying to connect");
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);

  // A waiting query runs as soon as there is a slot.
  const next = database.query("select 2 as two");
  finish();
  expect((await next).rows).toEqual([{ two: 2 }]);
  await finished;
});

it("lets a query wait for its slot and for a connection no longer than CONNECT_TIMEOUT_MS together", async () => {
  const { serviceUrl } = await createTestDatabase();
  const limits = {
    POOL_MAX: 2,
    CONNECT_TIMEOUT_MS: 600,
    LOCK_TIMEOUT_MS: 1_000,
    STATEMENT_TIMEOUT_MS: 2_000,
  };
  const pool = createPool({ DATABASE_URL: serviceUrl, ...limits }, () => {});
  onTestFinished(() => pool.end());
  const database = createDatabase(pool, { maxConcurrency: 1, connectTimeoutMs: limits.CONNECT_TIMEOUT_MS });
  const { finish, finished } = await holdSlot(database);
  const startedAt = performance.now();
  const waiting = expect(database.query("select 1")).rejects.toThrow(
    "timeout exceeded when trying to connect",
  );
  // From now on, other users of the pool have all of its connections.
  const others = [await pool.connect(), pool.connect()] as const;
  await expect.poll(() => performance.now() - startedAt).toBeGreaterThan(400);
  finish();
  await finished;
  const second = await others[1];
  await waiting;
  expect(performance.now() - startedAt).toBeLessThan(1_000);

  others[0].release();
  second.release();
  // The connection that came too late is back in the pool.
  expect((await database.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
  expect(pool.waitingCount).toBe(0);
});

/** Occupies a slot of a database with an open transaction. */
async function holdSlot(database: Database): Promise<{ finish: () => void; finished: Promise<void> }> {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const finished = database.transaction(() => {
    begun.resolve();
    return held.promise;
  });
  await begun.promise;
  return { finish: held.resolve, finished };
}
