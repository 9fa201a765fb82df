import { afterAll, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { cohortMetricsTable, fullName, membershipCohortsTable } from "../tables/table.ts";
import { startGoogleSql } from "../testing/googlesql.ts";
import { openInMemory } from "../testing/in-memory.ts";
import { onOneDay } from "../testing/on-one-day.ts";
import { setRows } from "../testing/rows.ts";
import type { Row } from "../warehouse.ts";
import { bigqueryView, views } from "./view.ts";

const googleSql = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

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

it("retention by membership adds up the install days of a week, with Wilson's interval", async () => {
  const cohort = (install_date: string, membership: string, users: number, retained: number): Row => ({
    event_date: addDays(install_date, 30),
    install_date,
    day_n: 30,
    comparison: "active_on_day_7",
    membership,
    users,
    retained,
  });
  const cohorts = [
    cohort("2024-03-04", "in_clan", 6, 2),
    cohort("2024-03-10", "in_clan", 4, 1),
    cohort("2024-03-04", "no_clan", 5, 0),
    cohort("2024-03-11", "no_clan", 7, 7),
  ];
  await setRows(duckdb, membershipCohortsTable, cohorts);
  const view = views.find(({ name }) => name === "membership_retention");
  if (!view) throw new Error("There is no view membership_retention.");
  const order = (a: Row, b: Row) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const found = (await duckdb.query(`select * from ${fullName(view)}`)).toSorted(order);
  const sql = bigqueryView(view, "game").replaceAll("`game`.", "");
  const google = await googleSql.evaluate(sql, { tables: { membership_cohorts: cohorts } });
  expect(google.toSorted(order)).toEqual(found);
  // 3 of 10, 0 of 5 and 7 of 7, by the published formula, to four places.
  const rounded = found.map(({ cohort_week, membership, install_days, retention_low, retention_high }) => [
    ...[cohort_week, membership, install_days],
    ...[retention_low, retention_high].map((value) => Number(Number(value).toFixed(4))),
  ]);
  expect(rounded).toEqual([
    ["2024-03-04", "in_clan", 2, 0.1078, 0.6032],
    ["2024-03-04", "no_clan", 1, 0, 0.4345],
    ["2024-03-11", "no_clan", 1, 0.6457, 1],
  ]);
});

it("a day is over when it is in UTC, whatever the time zone of the session or the project", () =>
  onOneDay(async (now) => {
    const yesterday = addDays(now, -1);
    const cohorts = [row(yesterday, 0, 5), row(yesterday, 1, 2), row(now, 0, 3)];
    const memberships = [yesterday, now].map(
      (event_date): Row => ({
        event_date,
        install_date: addDays(event_date, -30),
        day_n: 30,
        comparison: "all",
        membership: "in_clan",
        users: 4,
        retained: 1,
      }),
    );
    await setRows(duckdb, cohortMetricsTable, cohorts);
    await setRows(duckdb, membershipCohortsTable, memberships);
    const tables = { cohort_metrics: cohorts, membership_cohorts: memberships };
    // At any moment, it is another day in one of them.
    for (const zone of ["Pacific/Kiritimati", "Etc/GMT+12"]) {
      for (const view of views) {
        const days = "select day_n, sum(install_days) as install_days from";
        await duckdb.write({ sql: `set timezone = '${zone}'` });
        const found = await duckdb.query(`${days} ${fullName(view)} group by day_n`);
        await duckdb.write({ sql: "set timezone = 'UTC'" });
        const sql = `${days} (${bigqueryView(view, "game").replaceAll("`game`.", "")}) as rows_of_view group by day_n`;
        const google = await googleSql.evaluate(sql, { tables, defaultTimeZone: zone });
        const day_n = view.name === "membership_retention" ? 30 : 0;
        expect([zone, view.name, found, google]).toEqual([
          zone,
          view.name,
          [{ day_n, install_days: 1 }],
          [{ day_n, install_days: 1 }],
        ]);
      }
    }
  }));
