import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { fromFixedPoint, toFixedPoint } from "../../testing/fixed-point.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { type RawRow, rawRow, setRows } from "../../testing/rows.ts";
import type { Days, Row } from "../../warehouse.ts";
import { dailyMetricsTable, rawTable } from "../table.ts";
import { dailyMetricsQuery } from "./replace-days.ts";

const googleSql = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const window = { from_date: "2024-03-01", to_date: "2024-03-03" };

const fixture: RawRow[] = [
  // The user of the first row plays again on the next day, and on the other platform: each a user of its own group.
  rawRow({ user_id: "ana", event_date: "2024-03-01", platform: "ANDROID" }),
  rawRow({ user_id: "ana", event_date: "2024-03-02", platform: "ANDROID" }),
  rawRow({ user_id: "ana", event_date: "2024-03-01", platform: "IOS" }),
  // Another user of the first row's group, so that not every group has one.
  rawRow({ user_id: "ben", event_date: "2024-03-01", platform: "ANDROID", match_start_count: 9 }),
  // The same country as the first row's in other letters and among blanks.
  rawRow({ user_id: "cem", event_date: "2024-03-01", country: "tr" }),
  rawRow({ user_id: "dan", event_date: "2024-03-01", country: " Tr " }),
  // Three ways to have no country: all of one group.
  rawRow({ user_id: "eve", country: null }),
  rawRow({ user_id: "fay", country: "" }),
  rawRow({ user_id: "gil", country: "   " }),
  // One user twice in a group, since the platform's letters differ: counted once, added up twice.
  rawRow({ user_id: "hal", platform: "ios", country: "DE" }),
  rawRow({ user_id: "hal", platform: "IOS", country: "DE" }),
  // User ids are case-sensitive.
  rawRow({ user_id: "Hal", platform: "IOS", country: "DE" }),
  // The day and platform of the row before, from another country: the user counts in both.
  rawRow({ user_id: "Hal", platform: "ios", country: "FR" }),
  // No user of this group has played a match: no ratio to matches.
  rawRow({
    user_id: "ida",
    country: "JP",
    match_start_count: 0,
    match_end_count: 0,
    victory_count: 0,
    defeat_count: 0,
  }),
  // Matches are started and none is ended, but a victory is reported: still no ratio.
  rawRow({ user_id: "jon", country: "KR", match_start_count: 3, match_end_count: 0, victory_count: 1 }),
  // More victories than matches: a ratio above 1, as the sender reported it.
  rawRow({ user_id: "kim", country: "US", match_end_count: 2, victory_count: 5, defeat_count: 4 }),
  // As floats they add up to 0.30000000000000004.
  rawRow({ user_id: "leo", country: "BR", iap_revenue: "0.1", ad_revenue: "0.2" }),
  rawRow({ user_id: "mia", country: "BR", iap_revenue: "0.2", ad_revenue: "0.1" }),
  // More digits than a float keeps, and the smallest amount beside the largest.
  rawRow({ user_id: "ned", country: "GB", iap_revenue: "999999999.999999999", ad_revenue: "0.000000001" }),
  rawRow({
    user_id: "oda",
    country: "GB",
    iap_revenue: "999999999.999999998",
    ad_revenue: "123456789.123456789",
  }),
  // Nothing paid and nothing earned.
  rawRow({ user_id: "pia", country: "NL", iap_revenue: "0", ad_revenue: "0" }),
  // The largest counts, beyond 32 bits when they are added up.
  rawRow({ user_id: "quo", country: "IN", match_start_count: 2_147_483_647, match_end_count: 2_147_483_647 }),
  rawRow({ user_id: "rio", country: "IN", match_start_count: 2_147_483_647, match_end_count: 2_147_483_647 }),
  // One user installs, pays and plays on both platforms; another only sees ads, and one has installed before.
  rawRow({ user_id: "una", country: "ES", install_date: "2024-03-02", platform: "IOS", iap_revenue: "3" }),
  rawRow({ user_id: "una", country: "ES", install_date: "2024-03-02", platform: "ios", iap_revenue: "1.5" }),
  rawRow({ user_id: "van", country: "ES", install_date: "2024-03-02", platform: "IOS", iap_revenue: "0" }),
  rawRow({ user_id: "wes", country: "ES", install_date: "2024-03-01", platform: "IOS", iap_revenue: "0" }),
  // The window's last day.
  rawRow({ user_id: "sue", event_date: "2024-03-03" }),
  // Just outside each edge, one of them on a leap day: not in the result.
  rawRow({ user_id: "tom", event_date: "2024-02-29", country: "XX" }),
  rawRow({ user_id: "tom", event_date: "2024-03-04", country: "XX" }),
];

it("has the columns of daily_metrics, in their order and types", async () => {
  const columns = await googleSql.analyze(dailyMetricsQuery, { days: window });
  expect(columns).toEqual(dailyMetricsTable.fields.map(({ name, type }) => ({ name, type })));
});

it("computes the same from every odd row in BigQuery's SQL, in DuckDB and by hand", async () => {
  const expected = referenceDailyMetrics(fixture, window);
  expect(expected).toHaveLength(15);
  expect(expected.map(({ country }) => country)).not.toContain("XX");
  const found = await expectAgreement(fixture, window);

  const group = (country: string) => found.find((row) => row.country === country);
  expect(group("Unknown")).toMatchObject({ platform: "ANDROID", dau: 3 });
  expect(group("DE")).toMatchObject({ platform: "IOS", dau: 2, matches_started: 12 });
  expect(group("FR")).toMatchObject({ dau: 1 });
  expect(group("JP")).toMatchObject({ match_per_dau: 0, win_ratio: null, defeat_ratio: null });
  expect(group("KR")).toMatchObject({ match_per_dau: 3, win_ratio: null, victories: 1 });
  expect(group("US")).toMatchObject({ win_ratio: 2.5, defeat_ratio: 2 });
  expect(group("BR")).toMatchObject({ total_iap_revenue: "0.3", total_ad_revenue: "0.3", arpdau: 0.3 });
  expect(group("GB")).toMatchObject({
    total_iap_revenue: "1999999999.999999997",
    total_ad_revenue: "123456789.12345679",
  });
  expect(group("NL")).toMatchObject({ total_iap_revenue: "0", arpdau: 0 });
  expect(group("NL")).toMatchObject({ payers: 0, arppu: null, payer_ratio: 0, new_users: 0 });
  const spain = { dau: 3, payers: 1, new_users: 2, total_sessions: 8, total_session_duration: "246" };
  expect(group("ES")).toMatchObject({ ...spain, arppu: 4.5, payer_ratio: 1 / 3 });
  expect(group("IN")).toMatchObject({ matches_ended: 4_294_967_294 });
});

it("has no rows for days without activity", async () => {
  expect(await expectAgreement([], window)).toEqual([]);
  expect(await expectAgreement(fixture, { from_date: "2023-01-01", to_date: "2023-12-31" })).toEqual([]);
});

const day = fc
  .integer({ min: 0, max: 5 })
  .map((days) => new Date(Date.UTC(2024, 1, 27 + days)).toISOString().slice(0, 10));
const count = fc.oneof(fc.nat(3), fc.constantFrom(0, 2_147_483_647));
const amount = fc.oneof(
  fc.constantFrom("0", "0.1", "0.2", "4.99", "0.000000001", "999999999.999999999"),
  fc.bigInt(0n, 10n ** 18n - 1n).map(fromFixedPoint),
);
const randomRow = fc
  .record({
    user_id: fc.constantFrom("a", "A", "b", "é", "o'brien", "-- c", "\u{1f600}"),
    event_date: day,
    install_date: day,
    platform: fc.constantFrom("ANDROID", "IOS", "ios", "Android"),
    country: fc.constantFrom(null, "", "  ", "TR", "tr", " tr", "DE", "unknown"),
    total_session_count: count,
    total_session_duration: amount,
    match_start_count: count,
    match_end_count: count,
    victory_count: count,
    defeat_count: count,
    server_connection_error: count,
    iap_revenue: amount,
    ad_revenue: amount,
  })
  .map(rawRow);
const rows = fc.uniqueArray(randomRow, {
  selector: (row) => rawTable.key.map((name) => row[name]).join(" "),
  maxLength: 40,
});
// A window may also be one day, or end before it begins.
const randomWindow = fc.record({ from_date: day, to_date: day });

it("computes the same from any rows in BigQuery's SQL, in DuckDB and by hand, with their sums", async () => {
  await fc.assert(
    fc.asyncProperty(rows, randomWindow, async (rows, window) => {
      const metrics = await expectAgreement(rows, window);
      const raw = rows.filter(
        ({ event_date }) => window.from_date <= event_date && event_date <= window.to_date,
      );
      for (const [sum, part] of Object.entries(addedUp))
        expect([sum, total(metrics, sum)]).toEqual([sum, total(raw, part)]);
    }),
    { numRuns: 60 },
  );
});

// A column of daily_metrics, and the column of raw that it is the sum of.
const addedUp = {
  total_iap_revenue: "iap_revenue",
  total_ad_revenue: "ad_revenue",
  matches_started: "match_start_count",
  matches_ended: "match_end_count",
  victories: "victory_count",
  defeats: "defeat_count",
  server_connection_errors: "server_connection_error",
  total_sessions: "total_session_count",
  total_session_duration: "total_session_duration",
};

const total = (rows: Row[], column: string) =>
  fromFixedPoint(rows.reduce((sum, row) => sum + toFixedPoint(String(row[column])), 0n));

/** Runs the query on both engines, compares both with the reference implementation, and returns DuckDB's rows. */
async function expectAgreement(rows: RawRow[], days: Days): Promise<Row[]> {
  const expected = referenceDailyMetrics(rows, days);
  const tables = { user_daily_metrics_raw: rows };
  const fromGoogleSql = await googleSql.evaluate(dailyMetricsQuery, { tables, days });
  await setRows(duckdb, rawTable, rows);
  const fromDuckdb = await duckdb.query(dailyMetricsQuery, days);
  expectSame(fromGoogleSql.toSorted(byKey), expected);
  expectSame(fromDuckdb.toSorted(byKey), expected);
  return fromDuckdb.toSorted(byKey);
}

const ratios = dailyMetricsTable.fields.filter(({ type }) => type === "FLOAT64").map(({ name }) => name);

/** Ratios may differ in the last digits of a float; all else is exact. */
function expectSame(found: Row[], expected: Row[]): void {
  const withoutRatios = (row: Row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, ratios.includes(name) ? null : value]),
    );
  expect(found.map(withoutRatios)).toEqual(expected.map(withoutRatios));
  const distant = found.flatMap((row, at) =>
    ratios
      .map((name) => ({ name, found: row[name], expected: expected[at]?.[name] }))
      .filter(({ found, expected }) => !isNear(found, expected)),
  );
  expect(distant).toEqual([]);
}

function isNear(found: unknown, expected: unknown): boolean {
  if (typeof found !== "number" || typeof expected !== "number") return found === expected;
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
