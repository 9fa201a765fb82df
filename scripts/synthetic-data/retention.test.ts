import { rmSync } from "node:fs";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { recomputeTouchedDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import { cohortMetricsTable } from "@clan-platform/warehouse/tables/table.ts";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { generateRaw } from "./generate.ts";
import { playing } from "./retention.ts";

it("120 days of synthetic rows show the curve they are made by, within a point, and no day that a cohort hasn't had", async () => {
  const folder = await temporaryFolder();
  await generateRaw({ out: folder, rows: 240_000, days: 120, to: "2026-06-30", seed: 5 });
  const warehouse = await openDuckdb(":memory:");
  await warehouse.createTables();
  await loadRawFiles(warehouse, findRawFiles([folder]).paths, folder);
  const ofCohorts = derivedTables.filter(({ table }) => table === cohortMetricsTable);
  await recomputeTouchedDays(warehouse, () => {}, ofCohorts);
  const rows = await warehouse.query<{ day_n: number; retention: number; install_days: number }>(
    `select day_n, sum(active_users) / sum(users_on_day_0) as retention
     from clan_case_analytics.retention_by_cohort
     group by day_n
     order by day_n`,
  );
  expect(rows.map(({ day_n }) => day_n)).toEqual([0, 1, 3, 7, 14, 30, 60, 90]);
  for (const { day_n, retention } of rows)
    expect(Math.abs(retention - (playing[day_n] ?? 0)), `D${day_n} ${retention}`).toBeLessThan(0.01);
  const [last] = await warehouse.query(
    `select max(cohort_week) as week from clan_case_analytics.retention_by_cohort where day_n = 30`,
  );
  // The last install day that has had a day 30 is 31 May, of the week from 25 May.
  expect(last?.week).toBe("2026-05-25");
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});
