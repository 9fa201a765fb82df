import { afterAll, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { cohortMetricsTable, fullName } from "../tables/table.ts";
import { startGoogleSql } from "../testing/googlesql.ts";
import { setRows } from "../testing/rows.ts";
import type { Row } from "../warehouse.ts";
import { bigqueryView, views } from "./view.ts";

const googleSql = await startGoogleSql();
const duckdb = await openDuckdb(":memory:");
afterAll(() => duckdb.close());
await duckdb.createTables();

const row = (install_date: string, day_n: number, active_users: number, changes: Row = {}): Row => ({
  event_date: addDays(install_date, day_n),
  install_date,
  day_n,
  country: "TR",
  platform: "IOS",
  active_users,
  payers: 0,
  iap_revenue: "1",
  ad_revenue: "0.5",
  sessions: active_users,
  session_duration: "60",
  ...changes,
});

// Monday to Wednesday of a week: the last has no day 7 yet, and nobody of Tuesday's cohort was active on its day 7.
const rows = [
  row("2024-03-04", 0, 100),
  row("2024-03-04", 1, 40),
  row("2024-03-04", 7, 20),
  row("2024-03-05", 0, 60),
  row("2024-03-05", 1, 30),
  row("2024-03-06", 0, 10),
  // Others on the days between, and one who installed before the data begins.
  ...[7, 8, 9, 10, 12].map((day) => row(addDays("2024-03-01", day - 1), 0, 1, { country: "DE" })),
  row("2023-12-14", 81, 5),
];

async function of(name: string): Promise<Row[]> {
  await setRows(duckdb, cohortMetricsTable, rows);
  const view = views.find((view) => view.name === name);
  if (!view) throw new Error(`There is no view ${name}.`);
  const order = (a: Row, b: Row) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const found = await duckdb.query(`select * from ${fullName(view)}`);
  const sql = bigqueryView(view, "game").replaceAll("`game`.", "");
  const google = await googleSql.evaluate(sql, { tables: { cohort_metrics: rows } });
  expect(google.toSorted(order)).toEqual(found.toSorted(order));
  return found
    .filter(({ cohort_week, country }) => cohort_week === "2024-03-04" && country === "TR")
    .toSorted((a, b) => Number(a.day_n) - Number(b.day_n));
}

it("retention of a week is that of its install days which had the day, and says how many", async () => {
  const found = await of("retention_by_cohort");
  expect(
    found.map(({ day_n, install_days, users_on_day_0, active_users }) => [
      day_n,
      install_days,
      users_on_day_0,
      active_users,
    ]),
  ).toEqual([
    [0, 7, 170, 170],
    [1, 7, 170, 70],
    [3, 6, 170, 0],
    [7, 2, 160, 20],
  ]);
  expect(found.at(-1)?.retention).toBeCloseTo(0.125);
});

it("LTV of a week adds up the revenue of the install days that had all days", async () => {
  const found = await of("ltv_by_cohort");
  expect(found.map(({ day_n, users_on_day_0, iap_revenue }) => [day_n, users_on_day_0, iap_revenue])).toEqual(
    [
      [0, 170, "3"],
      [1, 170, "5"],
      [3, 170, "5"],
      [7, 160, "5"],
    ],
  );
  expect(found[1]?.ltv).toBeCloseTo(7.5 / 170);
});
