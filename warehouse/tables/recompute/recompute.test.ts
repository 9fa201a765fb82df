import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { csvHeader, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { activityRows } from "@clan-platform/scripts/testkit/parts.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it } from "vitest";
import { openBigquery } from "../../engines/bigquery/bigquery.ts";
import { loadRawFiles } from "../../loading/load-raw-files.ts";
import { lastRun } from "../../sync/last-run.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import type { Warehouse } from "../../warehouse.ts";
import { changedDays } from "../daily_metrics/backfill.ts";
import { recomputeTouchedDays, uncoveredDays } from "./recompute.ts";

const days = ["2024-03-01", "2024-03-02", "2024-03-05"];
const ranges = [
  { from_date: "2024-03-01", to_date: "2024-03-02" },
  { from_date: "2024-03-05", to_date: "2024-03-05" },
];
const month = { from_date: "2024-02-01", to_date: "2024-03-31" };

/** Loads one file of these rows. */
async function load(warehouse: Warehouse, rows: Record<string, unknown>[]): Promise<void> {
  const folder = await temporaryFolder();
  const path = join(folder, "part.csv");
  writeFileSync(path, rows.length > 0 ? toCsv(rows) : `${csvHeader}\n`);
  await loadRawFiles(warehouse, [path], folder);
}

it("a load leaves its days to the next run, which recomputes them once; it is no sync", async () => {
  const warehouse = await openInMemory();
  await load(warehouse, activityRows(10, days));
  expect(await uncoveredDays(warehouse)).toEqual(ranges);
  expect(await recomputeTouchedDays(warehouse)).toEqual(ranges);
  expect(await changedDays(warehouse, month)).toEqual([]);
  expect(await recomputeTouchedDays(warehouse)).toEqual([]);
  // The same rows in the same file, and none.
  await load(warehouse, activityRows(10, days));
  await load(warehouse, []);
  expect(await uncoveredDays(warehouse)).toEqual([]);
  await load(warehouse, activityRows(11, ["2024-03-05"]));
  expect(await recomputeTouchedDays(warehouse)).toEqual(ranges.slice(1));
  expect(await changedDays(warehouse, month)).toEqual([]);
  expect(await lastRun(warehouse)).toBeUndefined();
  await warehouse.close();
});

it("a load on BigQuery notes its days, once, where the scheduled query finds them", async () => {
  const server = await startBigquery();
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  for (let time = 0; time < 2; time++) await load(warehouse, activityRows(10, days));
  await load(warehouse, []);
  const noted = "select event_date from clan_case_raw.activity_sync_days order by event_date";
  expect(await server.engine.look(noted)).toEqual(days.map((event_date) => ({ event_date })));
  expect(await uncoveredDays(warehouse)).toEqual(ranges);
  expect(await lastRun(warehouse)).toBeUndefined();
  server.close();
});
