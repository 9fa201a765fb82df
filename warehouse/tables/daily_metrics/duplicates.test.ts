import { afterAll, expect, it, onTestFinished } from "vitest";
import { checks, runCheck } from "../../checks.ts";
import { openBigquery } from "../../engines/bigquery/bigquery.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { insertRows, rawRow, setRows } from "../../testing/rows.ts";
import type { Warehouse } from "../../warehouse.ts";
import { activitySyncDaysTable, dailyMetricsTable, fullName, rawTable } from "../table.ts";
import { deduplicate, keyClaim, repeatedKeys } from "../user_daily_metrics_raw/deduplicate.ts";
import { backfill, changedDays, changedDaysSql } from "./backfill.ts";
import { dailyMetricsQuery } from "./replace-days.ts";

const { evaluate } = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const days = { from_date: "2024-03-01", to_date: "2024-03-02" };
const raw = ["2024-03-01", "2024-03-02"].map((event_date) =>
  rawRow({ event_date, iap_revenue: "0.5", ad_revenue: "0.25" }),
);
const metrics = referenceDailyMetrics(raw, days);
const twice = [...metrics, ...metrics.slice(1)];

it("a key that is in daily_metrics twice is a change on both engines, and a backfill removes the copy", async () => {
  await setRows(duckdb, rawTable, raw);
  await setRows(duckdb, dailyMetricsTable, twice);
  const expected = [
    { event_date: "2024-03-02", old_rows: 2, new_rows: 1, changed_rows: 1, old_dau: 2, new_dau: 1 },
  ];
  const tables = { user_daily_metrics_raw: raw, daily_metrics: twice };
  const staged = `with fresh_metrics as (\n${dailyMetricsQuery}\n),\nold as`;
  const sql = changedDaysSql.replace(/^with old as/m, staged);
  expect(await evaluate(sql, { tables, days })).toMatchObject(expected);
  expect(await changedDays(duckdb, days)).toMatchObject(expected);

  await backfill(duckdb, days);
  const rows = await duckdb.query(`select * from ${fullName(dailyMetricsTable)}`);
  expect(rows.toSorted(byKey)).toEqual(metrics);
  expect(await changedDays(duckdb, days)).toEqual([]);
});

const once = raw.map((row) => ({ ...row, user_id: "ann" }));
const later = { ...once[1], total_session_count: 9, match_start_count: 5 };

async function bigquery(): Promise<Warehouse> {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  return warehouse;
}

it.each([
  ["DuckDB", async () => duckdb],
  ["BigQuery", bigquery],
])("a key that is in raw twice is found, and deduplicate keeps its latest row, on %s", async (_, open) => {
  const warehouse = await open();
  if (warehouse === duckdb)
    for (const table of [rawTable, dailyMetricsTable]) await setRows(warehouse, table, []);
  await insertRows(warehouse, rawTable, [...once, later]);
  await backfill(warehouse, days);
  const check = checks.find(({ claim }) => claim === keyClaim);
  if (!check) throw new Error(`There is no check ${keyClaim}.`);
  expect(await runCheck(warehouse, check, days)).toMatchObject({ found: 2 });
  expect(await repeatedKeys(warehouse, days)).toEqual([
    { event_date: "2024-03-02", keys: 1, surplus_rows: 1 },
  ]);

  await deduplicate(warehouse, "2024-03-02");
  expect(await runCheck(warehouse, check, days)).toMatchObject({ found: 0 });
  expect(await repeatedKeys(warehouse, days)).toEqual([]);
  expect(await changedDays(warehouse, days)).toEqual([]);
  const sql = `select event_date, total_session_count as sessions from ${fullName(rawTable)}
    where event_date between @from_date and @to_date order by event_date`;
  expect(await warehouse.query(sql, days)).toEqual([
    { event_date: "2024-03-01", sessions: once[0]?.total_session_count },
    { event_date: "2024-03-02", sessions: 9 },
  ]);
});

it("on BigQuery, nobody sees a day that is noted to be recomputed while its copies are still there", async () => {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  await insertRows(warehouse, rawTable, [...once, later]);
  const seen = new Set<string>();
  const look = async () => {
    const [state] = await server.engine.look(`select
      (select count(*)::int from ${fullName(activitySyncDaysTable)}) as noted,
      (select count(*)::int from ${fullName(rawTable)} where event_date = '2024-03-02') as rows`);
    seen.add(JSON.stringify(state));
  };
  server.engine.beforeStatement = look;
  await deduplicate(warehouse, "2024-03-02");
  expect([...seen]).toEqual(['{"noted":0,"rows":2}', '{"noted":1,"rows":1}']);
});
