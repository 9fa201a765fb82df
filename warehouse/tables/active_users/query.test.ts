import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { addDays } from "../../days.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import { referenceActiveUsers } from "../../testing/reference-active-users.ts";
import { byCohort, referenceCohortMetrics } from "../../testing/reference-cohort-metrics.ts";
import { byKey } from "../../testing/reference-daily-metrics.ts";
import { type RawRow, rawRow, setRows } from "../../testing/rows.ts";
import type { Days, Row } from "../../warehouse.ts";
import { cohortMetricsQuery } from "../cohort_metrics/cohort-metrics.ts";
import { activeUsersTable, cohortMetricsTable, rawTable } from "../table.ts";
import { activeUsersQuery } from "./active-users.ts";

const googleSql = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const window = { from_date: "2024-03-01", to_date: "2024-03-31" };

async function onBoth(sql: string, rows: RawRow[], days: Days): Promise<{ google: Row[]; duck: Row[] }> {
  await setRows(duckdb, rawTable, rows);
  const tables = { user_daily_metrics_raw: rows };
  return { google: await googleSql.evaluate(sql, { tables, days }), duck: await duckdb.query(sql, days) };
}

async function expectActiveUsers(rows: RawRow[], days: Days): Promise<Row[]> {
  const expected = referenceActiveUsers(rows, days);
  const { google, duck } = await onBoth(activeUsersQuery, rows, days);
  expect(google.toSorted(byKey)).toEqual(expected);
  expect(duck.toSorted(byKey)).toEqual(expected);
  return expected;
}

async function expectCohorts(rows: RawRow[], days: Days): Promise<Row[]> {
  const expected = referenceCohortMetrics(rows, days);
  const { google, duck } = await onBoth(cohortMetricsQuery, rows, days);
  expect(google.toSorted(byCohort)).toEqual(expected);
  expect(duck.toSorted(byCohort)).toEqual(expected);
  return expected;
}

it.each([
  ["active_users", activeUsersQuery, activeUsersTable],
  ["cohort_metrics", cohortMetricsQuery, cohortMetricsTable],
])("has the columns of %s, in their order and types", async (_, sql, table) => {
  const columns = await googleSql.analyze(sql, { days: window });
  expect(columns).toEqual(table.fields.map(({ name, type }) => ({ name, type })));
});

it("counts a user in every window to the last day, once in ALL, and as resurrected after 29 days away", async () => {
  const rows = [
    // On two platforms and in two countries: once in ALL.
    rawRow({ user_id: "ana", event_date: "2024-03-01", platform: "ANDROID", country: "TR" }),
    rawRow({ user_id: "ana", event_date: "2024-03-01", platform: "IOS", country: "DE" }),
    // The install day, and the edges of both windows: 7 and 30 days after the activity it no longer counts.
    rawRow({ user_id: "ben", event_date: "2024-03-01", install_date: "2024-03-01", iap_revenue: "0" }),
    // A returning user without a row in the 29 days before, and one with a row on the first of them.
    rawRow({ user_id: "cem", event_date: "2024-02-29", country: "FR", install_date: "2024-01-01" }),
    rawRow({ user_id: "cem", event_date: "2024-03-30", country: "FR", install_date: "2024-01-01" }),
    rawRow({ user_id: "dan", event_date: "2024-03-01", country: "FR", install_date: "2024-01-01" }),
    rawRow({ user_id: "dan", event_date: "2024-03-30", country: "FR", install_date: "2024-01-01" }),
    // Days that have a row of someone else.
    ...["2024-03-07", "2024-03-08", "2024-03-31"].map((event_date) =>
      rawRow({ user_id: "eve", event_date, country: "JP", install_date: "2024-03-07" }),
    ),
  ];
  const found = await expectActiveUsers(rows, window);
  const of = (day: string, country: string, platform = "ALL") =>
    found.find((row) => row.event_date === day && row.country === country && row.platform === platform);
  expect(of("2024-03-01", "ALL")).toMatchObject({ dau: 3, wau: 4, mau: 4, new_users: 1, payers: 2 });
  expect(of("2024-03-01", "ALL", "IOS")).toMatchObject({ dau: 1 });
  expect(of("2024-03-01", "DE")).toMatchObject({ dau: 1 });
  expect(of("2024-03-07", "TR")).toMatchObject({ dau: 0, wau: 2, mau: 2, stickiness: 0 });
  expect(of("2024-03-08", "TR")).toMatchObject({ wau: 0, mau: 2 });
  expect(of("2024-03-30", "FR")).toMatchObject({ dau: 2, returning_users: 2, resurrected_users: 1 });
  expect(of("2024-03-30", "TR")).toMatchObject({ mau: 2 });
  expect(of("2024-03-31", "TR")).toBeUndefined();
  // No row, no day.
  expect(found.map(({ event_date }) => event_date)).not.toContain("2024-03-02");
});

it("refuses more days than a number has bits for, and takes as many as a run replaces", async () => {
  const days = { from_date: "2024-03-01", to_date: addDays("2024-03-01", 33) };
  const rows = [rawRow()];
  const tables = { user_daily_metrics_raw: rows };
  await setRows(duckdb, rawTable, rows);
  await expect(duckdb.query(activeUsersQuery, days)).rejects.toThrow(/more than 33 days/);
  await expect(googleSql.evaluate(activeUsersQuery, { tables, days })).rejects.toThrow(/more than 33 days/);
  const most = { ...days, to_date: addDays(days.to_date, -1) };
  const lastDay = [
    rawRow({ event_date: most.to_date }),
    rawRow({ event_date: addDays(days.from_date, -29) }),
  ];
  expect(await expectActiveUsers(lastDay, most)).not.toEqual([]);
});

it("has of a cohort the days 0 to 90, and of a user who has moved the row's country", async () => {
  const install_date = "2023-12-03";
  const rows = [
    rawRow({ user_id: "ana", event_date: "2024-03-02", install_date }),
    rawRow({ user_id: "ana", event_date: "2024-03-03", install_date }),
    rawRow({ user_id: "ben", event_date: "2024-03-02", install_date: "2024-03-02", country: " tr" }),
    rawRow({ user_id: "ben", event_date: "2024-03-03", install_date: "2024-03-02", country: null }),
    rawRow({ user_id: "cem", event_date: "2024-03-02", install_date: "2024-03-02", iap_revenue: "0" }),
  ];
  const found = await expectCohorts(rows, window);
  expect(found.map((row) => [row.day_n, row.country, row.active_users, row.payers])).toEqual([
    [90, "TR", 1, 1],
    [0, "TR", 2, 1],
    [1, "Unknown", 1, 1],
  ]);
});

const day = fc.integer({ min: -35, max: 45 }).map((days) => addDays("2024-03-01", days));
const amount = fc.constantFrom("0", "0.1", "4.99", "0.000000001");
const rows = fc.uniqueArray(
  fc
    .record({
      user_id: fc.constantFrom("a", "A", "b", "c"),
      event_date: day,
      install_date: day,
      platform: fc.constantFrom("ANDROID", "IOS", "ios"),
      country: fc.constantFrom(null, "", "TR", " tr", "DE"),
      total_session_count: fc.nat(5),
      total_session_duration: amount,
      iap_revenue: amount,
      ad_revenue: amount,
    })
    .map(rawRow),
  { selector: (row) => rawTable.key.map((name) => row[name]).join(" "), maxLength: 30 },
);
const start = fc.integer({ min: -3, max: 10 }).map((days) => addDays("2024-03-01", days));
const length = fc.integer({ min: -1, max: 31 });

it("computes the same from any rows in BigQuery's SQL, in DuckDB and by hand", async () => {
  await fc.assert(
    fc.asyncProperty(rows, start, length, async (rows, from_date, length) => {
      const days = { from_date, to_date: addDays(from_date, length) };
      await expectActiveUsers(rows, days);
      await expectCohorts(rows, days);
    }),
    { numRuns: 30 },
  );
});
