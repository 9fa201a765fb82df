import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { startGoogleSql } from "@clan-platform/warehouse/testing/googlesql.ts";
import type { Days, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { afterAll, expect, it } from "vitest";
import { readFreshness } from "./freshness.ts";
import { readMetricsDays } from "./metrics-days.ts";
import { readMetricsRows } from "./metrics-rows.ts";

const { analyze } = await startGoogleSql();
const duckdb = await openDuckdb(":memory:");
afterAll(() => duckdb.close());
await duckdb.createTables();

const days = { from_date: "2024-03-01", to_date: "2024-03-31" };

/** The statements that a function runs on a warehouse without rows. */
async function statementsOf(run: (warehouse: Warehouse) => Promise<unknown>) {
  const statements: { sql: string; days: Days }[] = [];
  const recorder: Pick<Warehouse, "query" | "lastWrittenAt" | "countRows"> = {
    countRows: async () => 0,
    lastWrittenAt: async () => undefined,
    query: async (sql, days = {}) => {
      statements.push({ sql, days });
      return [];
    },
  };
  await run(recorder as Warehouse);
  return statements;
}

it.each([
  ["readMetricsDays", readMetricsDays, 1],
  ["readMetricsRows", (warehouse: Warehouse) => readMetricsRows(warehouse, days), 1],
  ["readFreshness", readFreshness, 2],
] as const)("GoogleSQL and DuckDB accept the statements of %s", async (_, read, count) => {
  const statements = await statementsOf(read);
  expect(statements).toHaveLength(count);
  for (const { sql, days } of statements) {
    await analyze(sql, { days });
    await duckdb.query(sql, days);
  }
});

it("reads no rows of the raw table for its freshness, and daily_metrics by the days that it shows", async () => {
  const freshness = (await statementsOf(readFreshness)).map(({ sql }) => sql).join("\n");
  expect(freshness).not.toContain(fullName(rawTable));
  const [rows] = await statementsOf((warehouse) => readMetricsRows(warehouse, days));
  expect(rows?.sql).toContain("where event_date between @from_date and @to_date");
});
