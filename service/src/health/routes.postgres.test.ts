import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { buildApp } from "../app.ts";
import { parseConfig } from "../config.ts";
import { createPool } from "../database/pool.ts";

it("says ok while the database answers", async () => {
  const { app } = await startTestApp();
  for (const url of ["/health", "/health/live", "/health/ready"]) {
    expect(await get(app, url)).toMatchObject({ status: 200, body: { status: "ok" } });
  }
});

it("answers 503 with a problem while the database is unavailable, and stays live", async () => {
  // Nothing listens on port 1.
  const { app } = await startTestApp({ DATABASE_URL: "postgres://clan_service:test@127.0.0.1:1/clan" });
  for (const url of ["/health", "/health/ready", "/clans"]) {
    const { status, headers, body } = await get(app, url);
    expect([status, body.reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|clan_service/);
  }
  expect((await get(app, "/health/live")).status).toBe(200);
});

it.each([
  ["password", { password: "wrong" }],
  ["login", { username: "nobody" }],
  ["database", { pathname: "/nowhere" }],
])("answers 503 when DATABASE_URL has a wrong %s", async (_, wrong) => {
  const database = await createTestDatabase();
  const url = Object.assign(new URL(database.serviceUrl), wrong);
  const { app } = await startTestApp({ DATABASE_URL: url.href }, { database });
  for (const path of ["/health/ready", "/clans"]) {
    const { status, body } = await get(app, path);
    expect([status, body.reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
  }
});

it("recovers without a restart when PostgreSQL cuts every connection", async () => {
  const { app, database } = await startTestApp();
  expect((await get(app, "/health/ready")).status).toBe(200);
  const admin = await connect(database.adminUrl);
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  expect(rowCount).toBeGreaterThan(0);
  await expect.poll(async () => (await get(app, "/health/ready")).status, { timeout: 10_000 }).toBe(200);
});

it("is not ready before the database has every migration of this code, and is within a second of it", async () => {
  const database = await createTestDatabase();
  const admin = await connect(database.adminUrl);
  const newest = "(select max(version) from schema_migrations)";
  const { rows } = await admin.query(`delete from schema_migrations where version = ${newest} returning *`);
  const { app } = await startTestApp({}, { database });
  const { status, body } = await get(app, "/health/ready");
  expect([status, body.reason]).toEqual([503, "SCHEMA_OUTDATED"]);
  expect(body.detail).toMatch(/is at version \d+, and this service needs \d+: run the migration/);
  expect((await get(app, "/health/live")).status).toBe(200);

  const { version, name, md5 } = rows[0];
  await admin.query("insert into schema_migrations (version, name, md5) values ($1, $2, $3)", [
    version,
    name,
    md5,
  ]);
  await expect.poll(async () => (await get(app, "/health/ready")).status, { timeout: 5_000 }).toBe(200);
});

it("says what an empty database lacks, whatever is asked for", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase({ template: "template1" });
  const { app } = await startTestApp({}, { database: { adminUrl, serviceUrl } });
  for (const url of ["/health/ready", "/clans", "/user-activity?user_id=a"]) {
    const { status, body } = await get(app, url);
    expect([status, body.reason]).toEqual([503, "SCHEMA_OUTDATED"]);
  }
});

it("is ready on the schema of newer code", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  await admin.query("insert into schema_migrations (version, name, md5) values (999, 'later', 'x')");
  expect((await get(app, "/health/ready")).status).toBe(200);
});

it("asks the database at most once per second, however many probes come", async () => {
  const { serviceUrl } = await createTestDatabase();
  const config = parseConfig({ DATABASE_URL: serviceUrl });
  const pool = createPool(config, () => {});
  let uses = 0;
  pool.on("acquire", () => uses++);
  const app = await buildApp({ config, pool, logger: pino({ level: "silent" }) });
  onTestFinished(async () => {
    await app.close();
    await pool.end();
  });
  await get(app, "/health/ready");
  const usesBefore = uses;
  const startedAt = performance.now();
  for (let n = 0; n < 20; n++) {
    const probes = Array.from({ length: 20 }, () => get(app, n % 2 ? "/health" : "/health/ready"));
    for (const { status } of await Promise.all(probes)) expect(status).toBe(200);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(uses - usesBefore).toBeLessThanOrEqual(1 + seconds);
});
