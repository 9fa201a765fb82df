import { expect, it } from "vitest";
import { addDays } from "../../days.ts";
import { openBigquery } from "../../engines/bigquery/bigquery.ts";
import { openDuckdb } from "../../engines/duckdb/duckdb.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { byKey, referenceDailyMetrics } from "../../testing/reference-daily-metrics.ts";
import { insertRows, rawRow } from "../../testing/rows.ts";
import type { Warehouse } from "../../warehouse.ts";
import { dailyMetricsTable, fullName, rawTable } from "../table.ts";
import { backfill, changedDays } from "./backfill.ts";

const days = { from_date: "2024-03-01", to_date: "2024-03-31" };
const rows = [
  rawRow({ event_date: "2024-03-01", user_id: "a", country: "TR" }),
  rawRow({ event_date: "2024-03-02", user_id: "a", country: "TR" }),
  rawRow({ event_date: "2024-03-02", user_id: "b", country: "DE" }),
];
const corrected = rows.map((row) => ({ ...row, country: row.event_date === "2024-03-02" ? "FR" : "TR" }));

const engines: [name: string, open: () => Promise<{ warehouse: Warehouse; close(): void }>][] = [
  [
    "DuckDB",
    async () => {
      const warehouse = await openDuckdb(":memory:");
      return { warehouse, close: () => void warehouse.close() };
    },
  ],
  [
    "BigQuery",
    async () => {
      const server = await startBigquery();
      return { warehouse: await openBigquery(connectionTo(server)), close: server.close };
    },
  ],
];

it.each(engines)("shows what it would change, does it, and then finds nothing, on %s", async (_, open) => {
  const { warehouse, close } = await open();
  await warehouse.createTables();
  const metrics = async () =>
    (await warehouse.query(`select * from ${fullName(dailyMetricsTable)}`)).toSorted(byKey);
  await insertRows(warehouse, rawTable, rows);
  expect(await backfill(warehouse, days)).toMatchObject([
    { event_date: "2024-03-01", old_rows: 0, new_rows: 1, changed_rows: 1, new_dau: 1 },
    { event_date: "2024-03-02", old_rows: 0, new_rows: 2, changed_rows: 2, new_dau: 2 },
  ]);
  await warehouse.write({
    sql: `update ${fullName(rawTable)} set country = 'FR' where event_date between '2024-03-02' and '2024-03-02'`,
  });
  const changes = [{ event_date: "2024-03-02", old_rows: 2, new_rows: 1, changed_rows: 3, old_dau: 2 }];
  expect(await changedDays(warehouse, days)).toMatchObject(changes);
  expect(await metrics()).toEqual(referenceDailyMetrics(rows, days));
  expect(await backfill(warehouse, days)).toMatchObject(changes);
  expect(await metrics()).toEqual(referenceDailyMetrics(corrected, days));
  expect(await backfill(warehouse, days)).toEqual([]);
  close();
});

it.each(engines)("backfills more days than a statement may change partitions, on %s", async (_, open) => {
  const { warehouse, close } = await open();
  await warehouse.createTables();
  const history = Array.from({ length: 4_001 }, (_, n) => rawRow({ event_date: addDays("2015-01-01", n) }));
  await insertRows(warehouse, rawTable, history);
  const all = { from_date: "2015-01-01", to_date: addDays("2015-01-01", 4_000) };
  const changes = await backfill(warehouse, all);
  expect(changes.map(({ event_date }) => event_date)).toEqual(history.map(({ event_date }) => event_date));
  expect(await changedDays(warehouse, all)).toEqual([]);
  close();
});
