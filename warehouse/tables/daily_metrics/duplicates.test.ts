import { afterAll, expect, it } from "vitest";
import { openDuckdb } from "../../engines/duckdb/duckdb.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { rawRow, setRows } from "../../testing/rows.ts";
import { dailyMetricsTable, fullName, rawTable } from "../table.ts";
import { backfill, changedDays, changedDaysSql } from "./backfill.ts";

const { evaluate } = await startGoogleSql();
const duckdb = await openDuckdb(":memory:");
afterAll(() => duckdb.close());
await duckdb.createTables();

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
  expect(await evaluate(changedDaysSql, { tables, days })).toMatchObject(expected);
  expect(await changedDays(duckdb, days)).toMatchObject(expected);

  await backfill(duckdb, days);
  const rows = await duckdb.query(`select * from ${fullName(dailyMetricsTable)}`);
  expect(rows.toSorted(byKey)).toEqual(metrics);
  expect(await changedDays(duckdb, days)).toEqual([]);
});
