import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { addAnnotation } from "@clan-platform/warehouse/tables/annotations/annotations.ts";
import { expect, it, onTestFinished } from "vitest";
import { makeFixture } from "../testing/fixture.ts";
import { buildDashboard } from "./app.ts";
import { localSource } from "./local-source.ts";

async function start(path: string) {
  const app = await buildDashboard({ source: localSource(path) });
  onTestFinished(() => app.close());
  return async (url: string) => {
    const response = await app.inject({ method: "GET", url, headers: { host: "localhost:8081" } });
    return { status: response.statusCode, body: response.json() };
  };
}

const table = "clan_case_analytics.daily_metrics";

/** A hundred days of forty countries on both platforms, the large ones first; DAU differs by a few percent. */
const insertDays = `insert into ${table} by name
  select
    date '2026-06-01' + day::int as event_date,
    'C' || country as country,
    platform,
    (40000 // (country + 2) + hash(day, country, platform) % 40)::bigint as dau,
    dau * 0.2 as total_iap_revenue,
    dau * 0.05 as total_ad_revenue,
    dau * 5 as matches_started,
    dau * 4 as matches_ended,
    dau * 2 as victories,
    dau * 2 as defeats,
    (dau // 20)::bigint as server_connection_errors
  from range(100) days(day), range(40) countries(country), (values ('ANDROID'), ('IOS')) platforms(platform)`;

async function makeDays(...incidents: string[]): Promise<string> {
  const { path } = await makeFixture([]);
  const warehouse = await openDuckdb(path);
  for (const sql of [insertDays, ...incidents]) await warehouse.write({ sql });
  await warehouse.close();
  return path;
}

const range = "from=2026-08-01&to=2026-09-08";

it("returns the three incidents first: errors in one country, a missing import, purchases gone on iOS", async () => {
  const get = await start(
    await makeDays(
      `update ${table} set server_connection_errors = 100 * server_connection_errors
       where event_date = '2026-08-20' and country = 'C7'`,
      `delete from ${table} where event_date = '2026-09-01' and substr(country, 2)::int % 2 = 0`,
      `update ${table} set total_iap_revenue = 0 where event_date = '2026-08-12' and platform = 'IOS'`,
    ),
  );
  const { status, body } = await get(`/api/unusual?${range}`);
  expect(status).toBe(200);
  expect(body.version).toEqual(expect.any(String));
  expect(body.days.slice(0, 3)).toMatchObject([
    { day: "2026-08-20", scope: "country", name: "C7", metric: "errors_per_dau" },
    { day: "2026-09-01", scope: "all", name: "all", metric: "dau" },
    { day: "2026-08-12", scope: "platform", name: "IOS", metric: "iap", value: 0 },
  ]);
  const missing = body.days.find(({ name }: { name: string }) => name === "C0");
  expect(missing).toMatchObject({ day: "2026-09-01", scope: "country", metric: "dau", value: 0, dau: 0 });
  expect(missing.low).toBeGreaterThan(0);
  expect(missing.usual).toBeGreaterThan(missing.low);
  expect(missing.high).toBeGreaterThan(missing.usual);
  expect(missing.score).toBeLessThan(-3.5);
});

it("returns at most 50, and none without an incident, beyond the figures or without a warehouse", async () => {
  const lost = `update ${table} set total_iap_revenue = 0, total_ad_revenue = 0 where event_date >= '2026-09-01'`;
  expect((await (await start(await makeDays(lost)))(`/api/unusual?${range}`)).body.days).toHaveLength(50);
  const path = await makeDays();
  const get = await start(path);
  expect((await get(`/api/unusual?${range}`)).body.days).toEqual([]);
  expect((await get("/api/unusual?from=2016-01-01&to=2030-01-01")).body.days).toEqual([]);
  expect((await get("/api/unusual?from=2029-01-01&to=2030-01-01")).body.days).toEqual([]);
  expect((await get("/api/unusual?from=2026-09-02&to=2026-09-01")).status).toBe(400);
  const without = await start(`${path}-missing`);
  expect((await without(`/api/unusual?${range}`)).body).toEqual({ version: null, isHeld: false, days: [] });
  expect((await without(`/api/annotations?${range}`)).body).toEqual({
    version: null,
    isHeld: false,
    annotations: [],
  });
});

it("returns the annotations of the days, and a new one at once", async () => {
  const { path } = await makeFixture([]);
  const get = await start(path);
  expect((await get(`/api/annotations?${range}`)).body.annotations).toEqual([]);
  const patch = { day: "2026-08-20", text: "Patch 2.1: „ß“ 🎉", metric: "errors_per_dau", country: "TR" };
  const sale = { day: "2026-08-01", text: "Sale", metric: null, country: null };
  const later = { ...sale, day: "2026-09-09" };
  const warehouse = await openDuckdb(path);
  for (const annotation of [patch, sale, later]) await addAnnotation(warehouse, annotation);
  await warehouse.close();
  expect((await get(`/api/annotations?${range}`)).body.annotations).toEqual([
    { id: expect.stringMatching(/^[0-9a-f]{12}$/), ...sale },
    { id: expect.stringMatching(/^[0-9a-f]{12}$/), ...patch },
  ]);
});
