import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { addDays, today } from "../../days.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import { setRows } from "../../testing/rows.ts";
import type { Row } from "../../warehouse.ts";
import { dailyMetricsTable, fullName } from "../table.ts";
import { unusualDaysSql } from "./unusual-days.ts";

const googleSql = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const lastDay = "2026-03-20";
const days = { from_date: lastDay, to_date: lastDay };

/** The last day and the same weekday of the weeks before, the last day first. */
const weekly = (weeks: number, last = lastDay) =>
  Array.from({ length: weeks + 1 }, (_, week) => addDays(last, -7 * week));

/** A row of daily_metrics with this DAU, or with all its sums for that DAU and some changes. */
function row(event_date: string, dau: number, changes: Row = {}): Row {
  return {
    event_date,
    country: "TR",
    platform: "IOS",
    dau,
    total_iap_revenue: String(dau / 2),
    total_ad_revenue: String(dau / 8),
    arpdau: 0.625,
    matches_started: dau * 5,
    match_per_dau: 5,
    win_ratio: 0.5,
    defeat_ratio: 0.5,
    server_error_per_dau: 0.0625,
    matches_ended: dau * 4,
    victories: dau * 2,
    defeats: dau * 2,
    server_connection_errors: Math.round(dau / 16),
    ...changes,
  };
}

const bySubject = (a: Row, b: Row) =>
  `${a.event_date} ${a.scope} ${a.name} ${a.metric}` < `${b.event_date} ${b.scope} ${b.name} ${b.metric}`
    ? -1
    : 1;

async function find(rows: Row[], range = days): Promise<Row[]> {
  await setRows(duckdb, dailyMetricsTable, rows);
  return (await duckdb.query(unusualDaysSql, range)).toSorted(bySubject);
}

const subjects = (rows: Row[]) => rows.map(({ scope, name, metric }) => `${scope} ${name} ${metric}`);

it("compares with the median of the weekday, by the median deviation, as the formula says", async () => {
  // Their median is 100,000, and that of the deviations 25,000.
  const before = [100_000, 80_000, 120_000, 100_000, 150_000, 60_000, 70_000, 130_000];
  const counts = [400_000, ...before];
  // Other weekdays don't matter.
  const others = [1, 2, 3, 8, 9, 10, 57].map((n) => row(addDays(lastDay, -n), 7));
  const found = await find([...weekly(8).map((day, week) => row(day, counts[week] ?? 0)), ...others]);
  expect(subjects(found)).toEqual(
    ["all all", "country TR", "platform IOS"].flatMap((scope) =>
      ["ad", "dau", "iap"].map((metric) => `${scope} ${metric}`),
    ),
  );
  const scale = 1.4826 * 25_000;
  const dau = found[4];
  expect(dau).toMatchObject({ event_date: lastDay, value: 400_000, usual: 100_000, low: 0, dau: 400_000 });
  expect(dau?.score).toBeCloseTo(300_000 / scale, 9);
  expect(dau?.high).toBeCloseTo(100_000 + 3.5 * scale, 6);
});

it("finds the same in the real GoogleSQL", async () => {
  const incidents = [
    ...weekly(5).map((day, week) => row(day, 2_000 + 31 * week, { country: "DE" })),
    ...weekly(8).map((day, week) => row(day, 9_000 + 97 * week, week ? {} : { total_iap_revenue: "1" })),
    // Missing on the last day.
    ...weekly(4)
      .slice(1)
      .map((day, week) => row(day, 1_500 + 11 * week, { country: "FR", platform: "ANDROID" })),
    row(lastDay, 5_000, { country: "NZ", server_connection_errors: 90_000, matches_ended: 0, victories: 0 }),
  ];
  const found = await find(incidents);
  expect(subjects(found)).toEqual(
    expect.arrayContaining([
      "country FR dau",
      "platform ANDROID dau",
      "country TR iap",
      "all all errors_per_dau",
    ]),
  );
  const tables = { daily_metrics: incidents };
  const onGoogleSql = (await googleSql.evaluate(unusualDaysSql, { tables, days })).toSorted(bySubject);
  expect(subjects(onGoogleSql)).toEqual(subjects(found));
  for (const [at, expected] of found.entries()) {
    for (const name of ["value", "usual", "low", "high", "score", "dau", "importance"]) {
      expect(onGoogleSql[at]?.[name], `${subjects(found)[at]} ${name}`).toBeCloseTo(
        Number(expected[name]),
        6,
      );
    }
  }
});

it("is silent about few users, fewer than three weeks, a day without any row and a day that isn't over", async () => {
  const drop = (usual: number, weeks: number, last = lastDay) =>
    weekly(weeks, last).map((day, week) => row(day, week ? usual : usual / 10));
  expect(subjects(await find(drop(100, 3)))).toContain("country TR dau");
  expect(await find(drop(99, 3))).toEqual([]);
  expect(await find(drop(100_000, 2))).toEqual([]);
  expect(await find(drop(100_000, 8).slice(1))).toEqual([]);
  // Tomorrow isn't over either, should today end meanwhile.
  const tomorrow = addDays(today(), 1);
  const range = { from_date: addDays(tomorrow, -2), to_date: tomorrow };
  expect(await find(drop(100_000, 8, tomorrow), range)).toEqual([]);
  expect(await find(drop(100_000, 8, range.from_date), range)).toHaveLength(9);
});

const level = fc.record({
  dau: fc.integer({ min: 1, max: 1_000_000 }),
  iap: fc.integer({ min: 0, max: 1_000_000 }),
  ad: fc.integer({ min: 0, max: 1_000_000 }),
  started: fc.integer({ min: 0, max: 1_000_000 }),
  ended: fc.integer({ min: 0, max: 1_000_000 }),
  errors: fc.integer({ min: 0, max: 1_000_000 }),
});

it("finds nothing in a constant series, whatever its figures", async () => {
  await fc.assert(
    fc.asyncProperty(level, async ({ dau, iap, ad, started, ended, errors }) => {
      const changes = {
        total_iap_revenue: String(iap),
        total_ad_revenue: String(ad),
        matches_started: started,
        matches_ended: ended,
        victories: Math.floor(ended / 3),
        server_connection_errors: errors,
      };
      expect(await find(weekly(8).map((day) => row(day, dau, changes)))).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

const sums = ["dau", "matches_started", "matches_ended", "victories", "server_connection_errors"];
const amounts = ["total_iap_revenue", "total_ad_revenue"];

it("finds the same with the same scores when all sums are multiplied, where users are many", async () => {
  const series = fc.array(fc.integer({ min: 1_000_000, max: 4_000_000 }), { minLength: 4, maxLength: 9 });
  let unusual = 0;
  await fc.assert(
    fc.asyncProperty(series, fc.integer({ min: 2, max: 50 }), async ([last = 0, ...before], factor) => {
      const counts = [last * 4, ...before];
      const rows = weekly(before.length).map((day, week) => row(day, counts[week] ?? 0));
      const multiplied = rows.map((row) => ({
        ...row,
        ...Object.fromEntries(sums.map((name) => [name, Number(row[name]) * factor])),
        ...Object.fromEntries(amounts.map((name) => [name, String(Number(row[name]) * factor)])),
      }));
      const found = await find(rows);
      const again = await find(multiplied);
      unusual += found.length;
      expect(subjects(again)).toEqual(subjects(found));
      for (const [at, { score }] of found.entries()) expect(again[at]?.score).toBeCloseTo(Number(score), 6);
    }),
    { numRuns: 12 },
  );
  expect(unusual).toBeGreaterThan(25);
});

it("takes less than a second of the newest thirty days of three years, 190 countries and both platforms", async () => {
  await setRows(duckdb, dailyMetricsTable, []);
  await duckdb.write({
    sql: `insert into ${fullName(dailyMetricsTable)} by name
      select date '${lastDay}' - day::int as event_date, 'C' || country as country, platform,
        (1000 + hash(day, country, platform) % 60)::bigint as dau, dau as total_iap_revenue, dau as total_ad_revenue,
        dau * 5 as matches_started, dau * 4 as matches_ended, dau * 2 as victories, dau * 2 as defeats,
        (dau // 20)::bigint as server_connection_errors
      from range(1095) days(day), range(190) countries(country), (values ('ANDROID'), ('IOS')) platforms(platform)`,
  });
  const startedAt = process.cpuUsage();
  const found = await duckdb.query(unusualDaysSql, { from_date: addDays(lastDay, -29), to_date: lastDay });
  const { user, system } = process.cpuUsage(startedAt);
  expect(found).toEqual([]);
  // Processor time: the tests beside this one are none of its business.
  expect((user + system) / 1e6).toBeLessThan(1);
});
