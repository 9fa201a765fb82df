import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { historySteps } from "../testing/history-steps.ts";
import { openInMemory } from "../testing/in-memory.ts";
import { referenceActiveUsers } from "../testing/reference-active-users.ts";
import { byCohort, referenceCohortMetrics } from "../testing/reference-cohort-metrics.ts";
import { byKey, referenceDailyMetrics } from "../testing/reference-daily-metrics.ts";
import { type RawRow, rawRow, setRows } from "../testing/rows.ts";
import type { Row } from "../warehouse.ts";
import { derivedTables } from "./derived-tables.ts";
import { recomputeDays, recomputeTouchedDays } from "./recompute/recompute.ts";
import {
  activeUsersTable,
  activitySyncDaysTable,
  cohortMetricsTable,
  dailyMetricsTable,
  fullName,
  rawTable,
  tables,
} from "./table.ts";

const duckdb = await openInMemory();
const { load, sync } = historySteps(duckdb);
afterAll(() => duckdb.close());

const always = { from_date: "2024-03-01", to_date: "2024-06-30" };

interface Step {
  kind: "load" | "sync" | "erase";
  rows: RawRow[];
  user: string;
  /** Whether the touched days are recomputed after it, or after a later one. */
  isRecomputed: boolean;
}

const day = fc.integer({ min: 0, max: 75 }).map((days) => addDays("2024-03-01", days));
const amount = fc.constantFrom("0", "0.25", "4.99");
const row = fc
  .record({
    user_id: fc.constantFrom("ana", "ben", "cem"),
    event_date: day,
    platform: fc.constantFrom("ANDROID", "IOS"),
    age: fc.constantFrom(0, 1, 7, 30, 90, 91),
    country: fc.constantFrom(null, "TR", "DE"),
    iap_revenue: amount,
    total_session_count: fc.nat(3),
  })
  .map(({ age, ...row }) => rawRow({ ...row, install_date: addDays(row.event_date, -age) }));
const keyOf = (row: RawRow) => rawTable.key.map((name) => row[name]).join(" ");
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("load", "load", "sync", "erase"),
  rows: fc.uniqueArray(row, { selector: keyOf, minLength: 1, maxLength: 4 }),
  user: fc.constantFrom("ana", "ben", "cem"),
  isRecomputed: fc.boolean(),
});

async function contents(): Promise<Record<string, Row[]>> {
  const read = async (name: string) => duckdb.query(`select * from ${name}`);
  return {
    daily_metrics: (await read(fullName(dailyMetricsTable))).toSorted(byKey),
    active_users: (await read(fullName(activeUsersTable))).toSorted(byKey),
    cohort_metrics: (await read(fullName(cohortMetricsTable))).toSorted(byCohort),
  };
}

it("late, corrected and erased rows end in the tables of a rebuild from nothing, and of the reference", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      for (const table of tables) await setRows(duckdb, table, []);
      const present = new Map<string, RawRow>();
      let since: string | null = null;
      for (const { kind, rows, user, isRecomputed } of steps) {
        if (kind === "load") await load(rows);
        else
          since = await sync({
            since,
            rows: kind === "sync" ? rows : [],
            erased: kind === "erase" ? [user] : [],
          });
        if (kind === "erase") {
          for (const [key, row] of present) if (row.user_id === user) present.delete(key);
        } else for (const row of rows) present.set(keyOf(row), row);
        if (isRecomputed) await recomputeTouchedDays(duckdb);
      }
      await recomputeTouchedDays(duckdb);
      const maintained = await contents();
      const rows = [...present.values()];
      expect(maintained).toEqual({
        daily_metrics: referenceDailyMetrics(rows, always),
        active_users: referenceActiveUsers(rows, always),
        cohort_metrics: referenceCohortMetrics(rows, always),
      });
      for (const { table } of derivedTables) await setRows(duckdb, table, []);
      await recomputeDays(duckdb, always);
      expect(await contents()).toEqual(maintained);
    }),
    { numRuns: 8 },
  );
});

it("a new table takes in every day that was loaded or synced before it", async () => {
  for (const table of tables) await setRows(duckdb, table, []);
  const rows = ["2024-03-01", "2024-04-20"].map((event_date) => rawRow({ event_date }));
  await load(rows);
  await recomputeTouchedDays(duckdb);
  const before = await contents();
  for (const { table, runs } of derivedTables.slice(1))
    for (const added of [table, runs]) await setRows(duckdb, added, []);
  expect(await recomputeTouchedDays(duckdb)).toEqual([]);
  expect(await contents()).toEqual(before);
  expect(await duckdb.countRows(activitySyncDaysTable)).toBe(2);
});
