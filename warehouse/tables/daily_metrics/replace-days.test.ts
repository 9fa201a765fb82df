import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { DateRange } from "../../days.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { type RawRow, rawRow, setRows } from "../../testing/rows.ts";
import type { Row } from "../../warehouse.ts";
import { dailyMetricsTable, fullName, rawTable } from "../table.ts";
import { replaceDays } from "./replace-days.ts";

const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const always = { from_date: "0001-01-01", to_date: "9999-12-31" };
const firstToLast = { from_date: "2024-03-01", to_date: "2024-03-04" };
const middle = { from_date: "2024-03-02", to_date: "2024-03-03" };

const setRaw = (rows: RawRow[]) => setRows(duckdb, rawTable, rows);
const replace = (days: DateRange) => duckdb.write(replaceDays(days));

// Dyadic ratios, which any computation reproduces to the last digit.
const row = (day: string, country: string, matches: number) =>
  rawRow({
    event_date: day,
    country,
    user_id: `${country} ${matches}`,
    match_start_count: matches,
    match_end_count: 4,
    iap_revenue: "0.5",
    ad_revenue: "0.25",
  });
const before = [
  row("2024-03-01", "TR", 1),
  row("2024-03-02", "TR", 2),
  row("2024-03-02", "DE", 3),
  row("2024-03-03", "TR", 4),
  row("2024-03-04", "TR", 5),
];
const after = [
  row("2024-03-01", "TR", 10),
  row("2024-03-02", "TR", 20),
  row("2024-03-02", "FR", 30),
  row("2024-03-04", "TR", 50),
];

async function metrics(): Promise<Row[]> {
  const rows = await duckdb.query(`select * from ${fullName(dailyMetricsTable)}`);
  return rows.toSorted(byKey);
}

it("replaces the days of the window and no others, and changes nothing when repeated", async () => {
  await setRows(duckdb, dailyMetricsTable, []);
  await setRaw(before);
  await replace(firstToLast);
  expect(await metrics()).toEqual(referenceDailyMetrics(before, always));

  await setRaw(after);
  await replace(middle);
  const replaced = await metrics();
  // Of 2 March, TR is new, DE deleted and FR added; 3 March has no rows left; 1 and 4 March are as they were.
  expect(replaced.map((row) => [row.event_date, row.country, row.matches_started])).toEqual([
    ["2024-03-01", "TR", 1],
    ["2024-03-02", "FR", 30],
    ["2024-03-02", "TR", 20],
    ["2024-03-04", "TR", 5],
  ]);

  await replace(middle);
  expect(await metrics()).toEqual(replaced);
});

it("empties a day whose raw rows were deleted, and changes nothing for a window without days", async () => {
  await setRows(duckdb, dailyMetricsTable, []);
  await setRaw(before);
  await replace(firstToLast);
  await setRaw([]);
  await replace({ from_date: "2024-03-03", to_date: "2024-03-02" });
  expect(await metrics()).toEqual(referenceDailyMetrics(before, always));
  await replace(middle);
  expect((await metrics()).map((row) => row.event_date)).toEqual(["2024-03-01", "2024-03-04"]);
});

it("replaces forty thousand rows in seconds of processor time: old and new rows don't meet pair by pair", async () => {
  await duckdb.write({ sql: `delete from ${fullName(rawTable)}` });
  const columns = rawTable.fields.map(({ name }) => name).join(", ");
  await duckdb.write({
    sql: `insert into ${fullName(rawTable)} (${columns})
      select 'user ' || n, date '2024-03-02', 'IOS', date '2024-03-01', 'C' || n, 1, 1, 1, 1, 1, 0, 0, 0, 0
      from range(40000) numbers(n)`,
  });
  await replace(middle);
  const startedAt = process.cpuUsage();
  await replace(middle);
  const { user, system } = process.cpuUsage(startedAt);
  expect(await duckdb.countRows(dailyMetricsTable)).toBeGreaterThanOrEqual(40_000);
  expect((user + system) / 1e6).toBeLessThan(3);
});

const day = fc.constantFrom("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04");
const rows = fc.uniqueArray(
  fc.tuple(day, fc.constantFrom("TR", "DE"), fc.constantFrom(1, 2)).map((values) => row(...values)),
  { selector: (row) => rawTable.key.map((name) => row[name]).join(" ") },
);
const runs = fc.array(fc.record({ rows, window: fc.record({ from_date: day, to_date: day }) }), {
  maxLength: 5,
});

it("keeps of every day what the last run over it found in the raw table", async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (runs) => {
      await setRows(duckdb, dailyMetricsTable, []);
      let expected: Row[] = [];
      for (const { rows, window } of runs) {
        await setRaw(rows);
        await replace(window);
        const isOutside = ({ event_date }: Row) =>
          String(event_date) < window.from_date || String(event_date) > window.to_date;
        expected = [...expected.filter(isOutside), ...referenceDailyMetrics(rows, window)].toSorted(byKey);
      }
      expect(await metrics()).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});
