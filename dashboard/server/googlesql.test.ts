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
  const recorder: Pick<Warehouse, "query" | "lastWrittenAt"> = {
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
  ["readFreshness", readFreshness, 3],
] as const)("GoogleSQL and DuckDB accept the statements of %s", async (_, read, count) => {
  const statements = await statementsOf(read);
  expect(statements).toHaveLength(count);
  for (const { sql, days } of statements) {
    await analyze(sql, { days });
    await duckdb.query(sql, days);
  }
});

it("reads the raw table only with its partition filter", async () => {
  const filtered = new RegExp(
    `from ${fullName(rawTable)}\\s+where event_date between @from_date and @to_date\\b`,
    "g",
  );
  const sql = (await statementsOf(readFreshness)).map((statement) => statement.sql).join("\n");
  expect(sql.match(filtered)).toHaveLength(1);
  expect(sql.replaceAll(filtered, "")).not.toContain(fullName(rawTable));
});
