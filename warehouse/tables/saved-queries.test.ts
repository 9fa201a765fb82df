import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { onOneDay } from "../testing/on-one-day.ts";
import { rawRow, setRows } from "../testing/rows.ts";
import { recomputeDays } from "./recompute/recompute.ts";
import { rawTable } from "./table.ts";

const folder = new URL("../../docs/queries/duckdb/", import.meta.url);
const home = mkdtempSync(join(tmpdir(), "clan-saved-queries-"));
const file = join(home, "warehouse.duckdb");
afterAll(() => rmSync(home, { recursive: true, force: true }));
const page = readFileSync(new URL("../../docs/dbeaver.md", import.meta.url), "utf8");

const rows = [
  // Two groups of the last day, of which one played nothing: its ratio must not be averaged with the other's.
  rawRow({ user_id: "ana", event_date: "2024-03-31" }),
  rawRow({ user_id: "ben", event_date: "2024-03-31", country: "DE", match_end_count: 0, victory_count: 0 }),
  rawRow({ user_id: "cem", event_date: "2024-03-31", country: "DE", match_end_count: 1, victory_count: 0 }),
  // The first of the 30 days, without a match, and the day before it.
  rawRow({ user_id: "dan", event_date: "2024-03-02", match_end_count: 0, victory_count: 0, defeat_count: 0 }),
  rawRow({ user_id: "eve", event_date: "2024-03-01" }),
  // A cohort of two, of whom one is back after a week on the other platform and pays; all days to 30 are there.
  ...["fay", "gil"].map((user_id) =>
    rawRow({
      user_id,
      event_date: "2024-01-01",
      install_date: "2024-01-01",
      country: "FR",
      iap_revenue: "0",
    }),
  ),
  rawRow({
    user_id: "fay",
    event_date: "2024-01-08",
    install_date: "2024-01-01",
    country: "FR",
    platform: "IOS",
  }),
  ...Array.from({ length: 30 }, (_, at) =>
    rawRow({
      user_id: "hal",
      event_date: addDays("2024-01-02", at),
      install_date: "2023-12-31",
      country: "US",
    }),
  ),
];

/** What each query returns on these rows. */
const expectations: Record<string, (rows: Record<string, unknown>[]) => void> = {
  "daily-metrics.sql": (days) => {
    expect(days.map(({ event_date, dau }) => [String(event_date), Number(dau)])).toEqual([
      ["2024-03-31", 3],
      ["2024-03-02", 1],
    ]);
    expect(days[0]).toMatchObject({ win_ratio: 0.5, defeat_ratio: 0.75, match_per_dau: 4 });
    expect(Number(days[0]?.arpdau)).toBeCloseTo(5.005);
    expect(days[1]).toMatchObject({ win_ratio: null, defeat_ratio: null });
  },
  "monthly-users.sql": (platforms) => {
    expect(platforms.map(({ platform, dau, mau }) => [platform, Number(dau), Number(mau)])).toEqual([
      ["ALL", 3, 4],
      ["ANDROID", 3, 4],
    ]);
    expect(platforms[0]?.stickiness).toBeCloseTo(0.75);
  },
  "payers-ltv30.sql": (weeks) => {
    expect(weeks.map(({ cohort_week, payers }) => [String(cohort_week), Number(payers)])).toEqual([
      ["2024-01-01", 1],
    ]);
    // Two days of advertising and one purchase.
    expect(Number(weeks[0]?.ltv_30)).toBeCloseTo(4.99 + 2 * 0.015);
  },
  "retention-by-country.sql": (countries) => {
    expect(countries).toHaveLength(1);
    expect(countries[0]).toMatchObject({ country: "FR", d7: 0.5 });
  },
  "raw-columns.sql": (columns) => {
    const names = columns.map(({ column_name }) => column_name);
    expect(names).toEqual(rawTable.fields.map(({ name }) => name));
  },
  "raw-sample.sql": (sample) => {
    expect(sample.map(({ user_id }) => user_id)).toEqual(["ana", "ben", "cem"]);
  },
};

beforeAll(async () => {
  const warehouse = await openDuckdb(file);
  await warehouse.createTables();
  await setRows(warehouse, rawTable, rows);
  await recomputeDays(warehouse, { from_date: "2024-01-01", to_date: "2024-03-31" });
  await warehouse.close();
});

it("every saved query is tried, and listed with its question", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expectations).sort());
  for (const name of Object.keys(expectations)) expect(page).toContain(`](queries/duckdb/${name})`);
});

it.each(Object.keys(expectations))("%s answers its question on the file, opened read-only", async (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");
  expect(text).toMatch(/^-- [A-Z].*\?/);
  expectations[name]?.(await answersOn(file, text));
});

it("monthly-users.sql is about the last day that is over, not about today's first hours", () =>
  onOneDay(async (now) => {
    const path = join(home, `${now}.duckdb`);
    const warehouse = await openDuckdb(path);
    await warehouse.createTables();
    const [yesterday, tomorrow] = [addDays(now, -1), addDays(now, 1)];
    await setRows(warehouse, rawTable, [
      ...["ana", "ben", "cem"].map((user_id) => rawRow({ user_id, event_date: yesterday })),
      rawRow({ user_id: "ana", event_date: now }),
      // Somewhere on earth it has begun.
      rawRow({ user_id: "dan", event_date: tomorrow }),
    ]);
    await recomputeDays(warehouse, { from_date: yesterday, to_date: tomorrow });
    await warehouse.close();
    const [all] = await answersOn(path, readFileSync(new URL("monthly-users.sql", folder), "utf8"));
    expect([Number(all?.dau), Number(all?.mau), all?.stickiness]).toEqual([3, 3, 1]);
  }));

/** As another program opens it: without our dialect. */
async function answersOn(path: string, sql: string) {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(sql);
  connection.closeSync();
  instance.closeSync();
  return result.getRowObjects();
}
