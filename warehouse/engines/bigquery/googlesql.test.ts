import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { checks, runChecks } from "../../checks.ts";
import { findCoveredDays } from "../../covered-days.ts";
import { reconcile } from "../../reconcile.ts";
import { backfillScript, changedDaysScript } from "../../tables/daily_metrics/backfill.ts";
import { dailyMetricsQuery, replaceDaysSql } from "../../tables/daily_metrics/replace-days.ts";
import { derivedTables } from "../../tables/derived-tables.ts";
import { uncoveredDays } from "../../tables/recompute/recompute.ts";
import { replacingDays } from "../../tables/replacing-days.ts";
import {
  dailyMetricsTable,
  type Field,
  fullName,
  rawTable,
  rejectedTable,
  type Table,
  tables,
} from "../../tables/table.ts";
import { deduplicateSql, repeatedKeysSql } from "../../tables/user_daily_metrics_raw/deduplicate.ts";
import { withParameters } from "../../templates.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import type { QueryParameters, Warehouse } from "../../warehouse.ts";
import { bigqueryStatements, loadFileScript, stagedField } from "./statements.ts";

const { analyze, analyzeScript, evaluate } = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

const days = { from_date: "2024-03-01", to_date: "2024-03-31" };

interface Statement {
  name: string;
  sql: string;
  days: QueryParameters;
}

/** What a function sends to the warehouse, which has no rows for it. */
async function sentBy(name: string, run: (warehouse: Warehouse) => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const recorder: Pick<Warehouse, "query" | "write" | "lastWrittenAt"> = {
    lastWrittenAt: async () => undefined,
    query: async (sql, days = {}) => {
      sent.push({ name: `${name} (${sent.length + 1})`, sql, days });
      return [];
    },
    write: async ({ sql, parameters = {} }) => {
      sent.push({ name: `${name} (${sent.length + 1})`, sql, days: parameters });
    },
  };
  await run(recorder as Warehouse);
  return sent;
}

const ours: Statement[] = [
  { name: "query.sql", sql: dailyMetricsQuery, days },
  ...derivedTables.map(({ table, query }) => ({
    name: `replace-days.sql of ${table.name}`,
    sql: withParameters(replacingDays(table, query.template)),
    days,
  })),
  ...checks.map(({ table, claim, sql }) => ({ name: `of ${table}: ${claim}`, sql, days })),
  ...(await sentBy("runChecks", (warehouse) => runChecks(warehouse, days))),
  { name: "repeated-keys.sql", sql: repeatedKeysSql, days },
  { name: "deduplicate.sql", sql: deduplicateSql, days },
  { name: "replace-days.sql", sql: replaceDaysSql, days },
  ...(await sentBy("reconcile", (warehouse) => reconcile(warehouse, days))),
  ...(await sentBy("findCoveredDays", findCoveredDays)),
  ...(await sentBy("uncoveredDays", uncoveredDays)),
];

describe("what is written once", () => {
  for (const { name, sql, days } of ours) {
    it(`is taken by GoogleSQL and by DuckDB: ${name}`, async () => {
      let scans = 0;
      const onInlined = (found: number) => {
        scans = found;
      };
      await analyze(sql, { days, onInlined });
      await duckdb.query(sql, days);
      // BigQuery refuses a query that becomes too complex when it executes each reference to a CTE.
      expect(scans).toBeLessThanOrEqual(25);
    });
  }

  it("counts the scans of a CTE for each reference to it", async () => {
    let scans = 0;
    const sql = `with days as (select event_date from clan_case_analytics.daily_metrics)
      select * from days union all select * from days`;
    await analyze(sql, {
      onInlined: (found) => {
        scans = found;
      },
    });
    expect(scans).toBe(2);
  });

  it("reads raw by its days alone, as its partition filter demands", () => {
    const filtered = new RegExp(
      `from ${fullName(rawTable)}\\s+where event_date between @from_date(?: - \\d+)? and @to_date(?: - \\d+)?\\b`,
    );
    for (const { name, sql } of ours) {
      const rest = sql.replace(`merge into ${fullName(rawTable)}`, "merge into raw");
      expect([name, ...rest.split(filtered)].join("\n")).not.toContain(fullName(rawTable));
    }
    expect(ours.filter(({ sql }) => filtered.test(sql)).length).toBeGreaterThan(10);
  });
});

describe("a script that is written once", () => {
  it.each([
    ["backfill", backfillScript(days), 4],
    ["changedDays", changedDaysScript(days), 2],
  ])("is taken by GoogleSQL and by DuckDB, and aggregates raw once: %s", async (_, script, count) => {
    const sql = script.map(({ sql }) => sql).join(";\n\n");
    expect(await analyzeScript(sql, { days })).toHaveLength(count);
    expect(await duckdb.runScript(script)).toEqual([]);
    expect(sql.split(`from ${fullName(rawTable)}`)).toHaveLength(2);
  });
});

describe("docs/looker-studio.md", () => {
  const page = readFileSync(new URL("../../../docs/looker-studio.md", import.meta.url), "utf8");

  it("has queries that GoogleSQL and DuckDB take", async () => {
    const queries = [...page.matchAll(/^ask '([^']+)'$/gm)].map(([, sql = ""]) => sql);
    expect(queries).toHaveLength(9);
    for (const sql of queries) {
      await analyze(sql, { days });
      await duckdb.query(sql.replaceAll('"', "'"), days);
    }
  });

  it("names columns that the table has, and hides its ratios", () => {
    const columns = dailyMetricsTable.fields.map(({ name }) => name);
    const inFormulas = [...page.matchAll(/\| `((?:SUM|COUNT_DISTINCT)\([^`]+)` \|/g)].flatMap(
      ([, formula = ""]) => formula.match(/[a-z][a-z_]+/g),
    );
    expect(inFormulas.length).toBeGreaterThan(12);
    expect(columns).toEqual(expect.arrayContaining(inFormulas));
    const ratios = dailyMetricsTable.fields.filter(({ type }) => type === "FLOAT64");
    const hidden = /^Hide (.*):/m.exec(page)?.[1];
    expect(hidden?.match(/[a-z_]{4,}/g)).toEqual(ratios.map(({ name }) => name));
  });
});

it("docs/metrics.md says what makes its queries for DuckDB queries for BigQuery", async () => {
  const read = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
  const page = read("metrics.md");
  const replacements = [...page.matchAll(/`(cast\([^`]+)` with\s+`([^`]+)`/g)];
  expect(replacements).toHaveLength(2);
  for (const name of ["monthly-users", "payers-ltv30"]) {
    expect(page).toContain(`queries/duckdb/${name}.sql`);
    const sql = read(`queries/duckdb/${name}.sql`).trimEnd().replace(/;$/, "");
    await expect(analyze(sql)).rejects.toThrow();
    await analyze(replacements.reduce((text, [, from = "", to = ""]) => text.replaceAll(from, to), sql));
  }
});

describe("what BigQuery alone is sent", () => {
  const fieldOfLine: Field = {
    name: "line",
    type: "INT64",
    mode: "REQUIRED",
    description: "Number of the line",
  };
  const staging: Pick<Table, "dataset" | "name" | "fields">[] = [
    {
      dataset: "clan_case_raw",
      name: "staging_0123456789abcdef0123456789abcdef",
      fields: [...rawTable.fields.map(stagedField), fieldOfLine],
    },
    {
      dataset: "clan_case_raw",
      name: "staging_0123456789abcdef0123456789abcdef_rejects",
      fields: rejectedTable.fields.filter(({ name }) => name !== "part" && name !== "file"),
    },
  ];
  const parameters = {
    part: "STRING",
    file: "STRING",
    rows_read: "INT64",
    rows_rejected: "INT64",
    sync_id: "STRING",
    days: "ARRAY<DATE>",
    days_1: "ARRAY<DATE>",
    days_2: "ARRAY<DATE>",
  } as const;

  for (const { name, sql } of bigqueryStatements) {
    it(`is taken by GoogleSQL: ${name}`, async () => {
      await analyze(sql, { parameters, tables: staging });
    });
  }

  it("is taken by GoogleSQL: each statement of the transaction that loads a file", async () => {
    const [rows, rejects] = staging.map(fullName);
    const scripts = [
      loadFileScript({ rows, rejects }),
      loadFileScript({ rows, rejects }, ["days_1", "days_2"]),
      loadFileScript({ rows: undefined, rejects }),
    ];
    for (const script of scripts) {
      const statements = script.split(";\n\n");
      expect(statements.length).toBeGreaterThan(3);
      for (const sql of statements) await analyze(sql, { parameters, tables: staging });
    }
  });

  it("rounds amounts as the local warehouse does: half away from zero, to nine decimal places", async () => {
    const staged = ["0.30000000000000004", "4.9899999995", "0.00000000049999", "999999999999999.1234567895"];
    const rounded = await evaluate(
      `select cast(amount as numeric) as amount from unnest([${staged.map((amount) => `'${amount}'`).join(", ")}]) as amount`,
    );
    expect(rounded.map(({ amount }) => amount)).toEqual(["0.3", "4.99", "0", "999999999999999.12345679"]);
  });

  it("is taken by GoogleSQL: DDL of every table", async () => {
    for (const table of tables) await analyze(createStatement(table));
  });
});

/** A table as its folder describes it: the types, the partition and the clusters have to be such as GoogleSQL knows. */
function createStatement({ fields, timePartitioning, clustering, requirePartitionFilter, ...table }: Table) {
  const columns = fields.map(
    ({ name, type, mode }) => `${name} ${type}${mode === "REQUIRED" ? " not null" : ""}`,
  );
  return [
    `create table if not exists ${fullName(table)} (${columns.join(", ")})`,
    timePartitioning && `partition by ${timePartitioning.field}`,
    clustering && `cluster by ${clustering.fields.join(", ")}`,
    requirePartitionFilter && "options (require_partition_filter = true)",
  ]
    .filter(Boolean)
    .join("\n");
}

describe("GoogleSQL refuses", () => {
  /** A text with exactly one change, so that nothing else is refused. */
  const spoilt = (sql: string, right: string, wrong: string) => {
    expect(sql).toContain(right);
    return sql.replace(right, wrong);
  };

  it.for([
    [
      "a misspelt column",
      "    ad_revenue\n",
      "    ad_revenues\n",
      /Unrecognized name: ad_revenues; Did you mean ad_revenue\?/,
    ],
    ["a misspelt table", "user_daily_metrics_raw", "user_daily_metric_raw", /Table not found: clan_case_raw/],
    ["a misspelt dataset", "clan_case_raw.", "clan_case_row.", /Table not found: clan_case_row/],
    ["a function of DuckDB", "coalesce(", "list_value(", /Function not found: list_value/],
    [
      "a sum of texts",
      "sum(iap_revenue)",
      "sum(country)",
      /No matching signature for aggregate function SUM/,
    ],
    [
      "a column that is not grouped",
      "group by event_date, country, platform",
      "group by event_date, country",
      /neither grouped nor aggregated/,
    ],
    [
      "a comparison of a day and a number",
      "between @from_date and",
      "between 20240301 and",
      /No matching signature for operator BETWEEN/,
    ],
  ] as const)("%s", async ([, right, wrong, message]) => {
    await expect(analyze(spoilt(dailyMetricsQuery, right, wrong), { days })).rejects.toThrow(message);
    await expect(analyze(spoilt(replaceDaysSql, right, wrong), { days })).rejects.toThrow(message);
  });

  it("a parameter that is not given", async () => {
    const { from_date } = days;
    await expect(analyze(dailyMetricsQuery, { days: { from_date } })).rejects.toThrow(
      /Query parameter 'to_date' not found \[at 3:/,
    );
  });

  it("a value of another type than the column it goes to, and a column the table has not", async () => {
    const wrongType = spoilt(replaceDaysSql, "values (source.event_date", "values (source.country");
    await expect(analyze(wrongType, { days })).rejects.toThrow(/type STRING.*type DATE/);
    const wrongColumn = spoilt(replaceDaysSql, "insert (event_date", "insert (event_day");
    await expect(analyze(wrongColumn, { days })).rejects.toThrow(
      /Column event_day is not present in target table/,
    );
  });

  it("a condition of the MERGE on a column that is only in the other table", async () => {
    const sql = spoilt(replaceDaysSql, "target.event_date between", "source.event_date between");
    await expect(analyze(sql, { days })).rejects.toThrow("Unrecognized name: source");
  });

  it("what GoogleSQL has and BigQuery has not, types of Google's own, and unknown options", async () => {
    await expect(analyze("select pi()")).rejects.toThrow(/Function not found: pi/i);
    await expect(analyze("select cast(1 as int32)")).rejects.toThrow(/Type not found: int32/i);
    await expect(analyze("create schema if not exists x options (locations = 'EU')")).rejects.toThrow(
      /Unknown option: locations/,
    );
  });
});
