import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { activityRows } from "@clan-platform/scripts/testkit/parts.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, onTestFinished } from "vitest";
import { coveredDays } from "../../covered-days.ts";
import { addDays, today } from "../../days.ts";
import { openBigquery } from "../../engines/bigquery/bigquery.ts";
import { loadRawFiles } from "../../loading/load-raw-files.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { recomputeDays } from "../recompute/recompute.ts";
import { fullName, rawTable } from "../table.ts";
import { firstKeptDay, notBefore } from "./expiry.ts";

const retentionDays = 130;
const started = today();
// The last day that may be gone at midnight, and the first that may not.
const [expired, kept] = [addDays(started, 1 - retentionDays), addDays(started, 2 - retentionDays)];
const recent = addDays(kept, 29);

async function start() {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  const folder = await temporaryFolder();
  const path = join(folder, "part.csv");
  const rows = activityRows(10, [expired, kept, recent]).map((row) => ({
    ...row,
    install_date: row.event_date,
  }));
  writeFileSync(path, toCsv(rows));
  await loadRawFiles(warehouse, [path], folder);
  await recomputeDays(warehouse, { from_date: expired, to_date: recent });
  const expire = async () => {
    const { timePartitioning } = server.engine.tables.get(fullName(rawTable)) ?? {};
    Object.assign(timePartitioning ?? {}, { expirationMs: String(retentionDays * 86_400_000) });
    await server.engine.look(`delete from ${fullName(rawTable)} where event_date <= '${expired}'`);
  };
  const daysOf = async (table: string) => {
    const sql = `select distinct event_date from clan_case_analytics.${table} order by 1`;
    return ((await server.engine.look(sql)) as { event_date: string }[]).map(({ event_date }) => event_date);
  };
  return { warehouse, expire, daysOf };
}

it("a backfill of everything leaves the metrics of days whose raw rows have expired", async () => {
  const { warehouse, expire, daysOf } = await start();
  expect(await coveredDays(warehouse)).toEqual({ from_date: expired, to_date: recent });
  await expire();
  expect(await coveredDays(warehouse)).toEqual({ from_date: kept, to_date: recent });
  await recomputeDays(warehouse, { from_date: expired, to_date: recent });
  for (const table of ["daily_metrics", "cohort_metrics", "active_users"]) {
    expect([table, await daysOf(table)]).toEqual([table, [expired, kept, recent]]);
  }
});

it("a month that has lost its first day keeps its active users", async () => {
  const { warehouse, expire } = await start();
  const mau = () =>
    warehouse.query(
      "select sum(mau) as mau from clan_case_analytics.active_users where event_date = @event_date",
      { event_date: kept },
    );
  const before = await mau();
  await expire();
  await recomputeDays(warehouse, { from_date: kept, to_date: kept });
  expect(await mau()).toEqual(before);
});

it("raw is kept forever without an expiration", async () => {
  const { warehouse } = await start();
  expect(await firstKeptDay(warehouse)).toBeUndefined();
});

it("days before the first kept one are left out", () => {
  const days = { from_date: "2024-01-01", to_date: "2024-01-31" };
  expect(notBefore(undefined, days)).toBe(days);
  expect(notBefore("2023-12-31", days)).toBe(days);
  expect(notBefore("2024-01-10", days)).toEqual({ from_date: "2024-01-10", to_date: "2024-01-31" });
  expect(notBefore("2024-02-01", days)).toBeUndefined();
});
