import { readAnnotations } from "@clan-platform/warehouse/tables/annotations/annotations.ts";
import { fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { startGoogleSql } from "@clan-platform/warehouse/testing/googlesql.ts";
import { openInMemory } from "@clan-platform/warehouse/testing/in-memory.ts";
import type { Days, QueryParameters, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { afterAll, expect, it } from "vitest";
import { readCohorts } from "./cohorts.ts";
import { figuresSql, readFigures } from "./figures.ts";
import { dimensions, type FiguresQuestion } from "./figures-question.ts";
import { readFreshness } from "./freshness.ts";
import { readMetricsDays } from "./metrics-days.ts";
import { readPeople } from "./people.ts";

const { analyze, evaluate } = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const days = { from_date: "2024-03-01", to_date: "2024-03-31" };

/** The statements that a function runs on a warehouse without rows. */
async function statementsOf(run: (warehouse: Warehouse) => Promise<unknown>) {
  const statements: { sql: string; days: QueryParameters }[] = [];
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
  ["readFreshness", readFreshness, 2],
  [
    "readPeople",
    (warehouse: Warehouse) => readPeople(warehouse, { from: days.from_date, to: days.to_date }),
    1,
  ],
  [
    "readCohorts",
    (warehouse: Warehouse) =>
      readCohorts(
        warehouse,
        { from: days.from_date, to: days.to_date, platform: "IOS", country: ["TR"] },
        "2024-06-01",
      ),
    1,
  ],
  ["readAnnotations", (warehouse: Warehouse) => readAnnotations(warehouse, days), 1],
] as const)("GoogleSQL and DuckDB accept the statements of %s", async (_, read, count) => {
  const statements = await statementsOf(read);
  expect(statements).toHaveLength(count);
  for (const { sql, days } of statements) {
    await analyze(sql, { days });
    await duckdb.query(sql, days);
  }
});

it("readCohorts can be asked for days until the last one of GoogleSQL", async () => {
  const [statement] = await statementsOf((warehouse) =>
    readCohorts(warehouse, { from: days.from_date, to: "9999-12-31" }, "2024-06-01"),
  );
  const row = {
    event_date: "2024-03-04",
    install_date: "2024-03-04",
    day_n: 0,
    country: "TR",
    platform: "IOS",
  };
  const tables = {
    cohort_metrics: [{ ...row, active_users: 2, iap_revenue: "1", ad_revenue: "0" }],
  };
  const rows = await evaluate(statement?.sql ?? "", { tables, days: statement?.days as Days });
  expect(rows[0]).toMatchObject({ week: "2024-03-04", day_n: 0, installed: 2 });
});

it("reads no rows of the raw table for its freshness", async () => {
  const freshness = (await statementsOf(readFreshness)).map(({ sql }) => sql).join("\n");
  expect(freshness).not.toContain(fullName(rawTable));
});

const question: FiguresQuestion = {
  from: days.from_date,
  to: days.to_date,
  without: undefined,
  by: [],
  grain: "day",
  platform: undefined,
  country: undefined,
};

it.each(
  (["day", "week", "month"] as const).flatMap((grain) =>
    [[], ["day"], ["country"], ["platform"], ["day", "country"], [...dimensions]].flatMap((by) =>
      [undefined, ["IOS"]].map((list) => ({
        ...{ ...question, grain, by, platform: list, country: list },
        without: list && [days.from_date],
      })),
    ),
  ) as FiguresQuestion[],
)(
  "GoogleSQL and DuckDB accept the statement of figures by $by, grain $grain, of $platform",
  async (asked) => {
    const [statement, ...others] = await statementsOf((warehouse) => readFigures(warehouse, asked, "1"));
    expect(others).toEqual([]);
    await analyze(statement?.sql ?? "", { days: statement?.days ?? {} });
    await duckdb.query(statement?.sql ?? "", statement?.days);
    expect(statement?.sql).not.toMatch(/IOS|2024/);
  },
);

it.each(["week", "month"] as const)("the days of a %s are those of GoogleSQL's date_trunc", async (grain) => {
  const sql = figuresSql({ ...question, by: ["day"], grain });
  const expression = /select (.*) as day,/.exec(sql)?.[1] ?? "";
  const part = { week: "week(monday)", month: "month" }[grain];
  const every = "unnest(generate_date_array(date '2019-12-20', date '2028-03-05')) as event_date";
  const [row] = await evaluate(
    `select count(*) as compared, countif(${expression} = date_trunc(event_date, ${part})) as same from ${every}`,
  );
  expect(row).toEqual({ compared: 2_999, same: 2_999 });
});
