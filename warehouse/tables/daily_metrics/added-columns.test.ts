import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeEach, expect, it } from "vitest";
import { addDays } from "../../days.ts";
import { openDuckdb } from "../../engines/duckdb/duckdb.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { insertRows, rawRow } from "../../testing/rows.ts";
import type { Warehouse } from "../../warehouse.ts";
import { derivedTables } from "../derived-tables.ts";
import { recomputeDays, recomputeTouchedDays } from "../recompute/recompute.ts";
import { recomputeStatements } from "../recompute/statements.ts";
import { dailyMetricsTable, fullName, rawTable } from "../table.ts";

/** What each version has added, the newest last: a column that rows keep null until they are recomputed. */
const added = [["payers", "new_users", "total_sessions", "total_session_duration", "arppu", "payer_ratio"]];
const { evaluate } = await startGoogleSql();
const home = mkdtempSync(join(tmpdir(), "clan-added-columns-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let files = 0;
let file: string;
beforeEach(() => {
  file = join(home, `${files++}.duckdb`);
});

const days = { from_date: "2024-01-01", to_date: "2024-12-31" };
// Two days a week for half a year: more than one month of outdated days.
const rows = Array.from({ length: 50 }, (_, at) =>
  rawRow({ event_date: addDays("2024-01-03", 4 * at), user_id: `user ${at}` }),
);
const metrics = async (warehouse: Warehouse) =>
  (await warehouse.query(`select * from ${fullName(dailyMetricsTable)}`)).toSorted(byKey);

async function withStatements(sql: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of sql) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

/** A filled file from before a version's columns. */
async function older(version = 0): Promise<void> {
  const warehouse = await openDuckdb(file);
  await warehouse.createTables();
  await insertRows(warehouse, rawTable, rows);
  await recomputeDays(warehouse, days);
  await warehouse.close();
  const columns = added.slice(version).flat();
  await withStatements(
    columns.map((name) => `alter table ${fullName(dailyMetricsTable)} drop column ${name}`),
  );
}

// Fails for a version whose columns `isOutdated` in derived-tables.ts leaves out: its rows would keep them null for good.
const versions = added.map(([column = ""], version) => ({ column, version }));
it.each(versions)(
  "columns from $column on are added to a file that was made before them, and the next run fills them",
  async ({ column, version }) => {
    await older(version);
    const warehouse = await openDuckdb(file);
    await warehouse.createTables();
    expect(new Set((await metrics(warehouse)).map((row) => row[column]))).toEqual(new Set([null]));
    const ranges = await recomputeTouchedDays(warehouse);
    expect(ranges).toHaveLength(rows.length);
    expect(await metrics(warehouse)).toEqual(referenceDailyMetrics(rows, days));
    expect(await recomputeTouchedDays(warehouse)).toEqual([]);
    await warehouse.close();
  },
);

it("a fill that is interrupted continues where it was, and does no day twice", async () => {
  await older();
  const warehouse = await openDuckdb(file);
  await warehouse.createTables();
  let writes = 0;
  const interrupted: Warehouse = {
    ...warehouse,
    write: async (statement) => {
      if (statement.writes === dailyMetricsTable && ++writes > 40) throw new Error("killed");
      await warehouse.write(statement);
    },
  };
  await expect(recomputeTouchedDays(interrupted)).rejects.toThrow("killed");
  expect(await recomputeTouchedDays(warehouse)).toHaveLength(rows.length - 40);
  expect(await metrics(warehouse)).toEqual(referenceDailyMetrics(rows, days));
  await warehouse.close();
});

it("on BigQuery, a run fills the newest 31 days that are outdated, and the touched ones", async () => {
  const [derived] = derivedTables;
  if (!derived) throw new Error("There is no table that is computed from raw.");
  const staged = recomputeStatements(derived)
    .stageDays.replace(/^create or replace temp table \w+ as\n/, "")
    .replaceAll("(select sync_id from syncs_to_cover)", "('new')");
  const outdated = referenceDailyMetrics(rows, days).map((row) => ({ ...row, payers: null }));
  const tables = {
    daily_metrics: outdated,
    activity_sync_days: [
      { sync_id: "new", event_date: "2024-02-01" },
      { sync_id: "old", event_date: "2024-02-02" },
    ],
  };
  const found = (await evaluate(staged, { tables })).map(({ event_date }) => event_date).toSorted();
  const newest = rows.slice(-31).map(({ event_date }) => event_date);
  expect(found).toEqual(["2024-02-01", ...newest]);
});

it.each([
  ["a required column is missing", "alter table clan_case_analytics.daily_metrics drop column defeats"],
  ["a column is unknown", "alter table clan_case_analytics.daily_metrics add column extra varchar"],
])("a file is refused when %s", async (_, change) => {
  await older();
  await withStatements([change]);
  const warehouse = await openDuckdb(file);
  const refusal = expect(warehouse.createTables()).rejects;
  await refusal.toThrow(/created by another version/);
  // First what keeps the data: after a rollback, all of it is there for the version that made it.
  await refusal.toThrow(/: use that version again, .* DATA_DIR, or delete .* npm start -- --fresh\.$/);
  await warehouse.close();
});
