import { existsSync, readFileSync } from "node:fs";
import { columnsOf } from "@clan-platform/contract/columns.ts";
import { health } from "./tables/clan_daily_metrics/clan-daily-metrics.ts";
import { unusualDaysStatement } from "./tables/daily_metrics/unusual-days.ts";
import {
  clanDailyMetricsTable,
  cohortMetricsTable,
  dailyMetricsTable,
  rawTable,
  type Table,
  tables,
} from "./tables/table.ts";
import { readTemplate, render, type SharedStatement, withParameters } from "./templates.ts";
import type { Days, Row, Warehouse } from "./warehouse.ts";

export interface Check {
  /** The table whose `checks.sql` has it. */
  table: string;
  severity: "fail" | "warn";
  /** What has to hold. */
  claim: string;
  /** It compares days with each other: run on each day alone, it would find other rows than on all at once. */
  acrossDays: boolean;
  /** Returns the violating rows of the days from @from_date to @to_date. */
  sql: string;
  /** The same for scripts. */
  statement: SharedStatement;
  /** The aggregate over the rows of `sql` that counts the violating rows of the table. */
  volume: "count(*)" | "sum(row_count)";
}

export interface CheckResult extends Check {
  /** How many rows violate it. */
  found: number;
  example: Row | undefined;
}

const parameters = ["from_date", "to_date"] as const;

const repeated_users = readTemplate(
  new URL("tables/user_daily_metrics_raw/repeated-users.sql", import.meta.url),
);

/** What the templates of a table's checks need in addition to the days. */
const variablesByTable: Record<string, Record<string, string>> = {
  [rawTable.name]: {
    counts: columnsOf("count").join(", "),
    amounts: columnsOf("amount").join(", "),
    repeated_users,
  },
  [dailyMetricsTable.name]: { repeated_users, unusual_days: unusualDaysStatement.template },
  [cohortMetricsTable.name]: { repeated_users },
  [clanDailyMetricsTable.name]: { health },
};

/** The checks of all tables that have some. */
export const checks: Check[] = tables.flatMap(readChecks);

/**
 * The checks of a table's `checks.sql`: each is a comment `-- fail: claim` or `-- warn: claim` (or
 * `-- warn across days: claim`), and a query that ends with `;`.
 */
function readChecks({ name: table }: Table): Check[] {
  const file = new URL(`tables/${table}/checks.sql`, import.meta.url);
  if (!existsSync(file)) return [];
  const stillOpen = Object.fromEntries(parameters.map((name) => [name, `{{${name}}}`]));
  const text = render(readFileSync(file, "utf8"), { ...variablesByTable[table], ...stillOpen });
  const pieces = text.split(/^-- (fail|warn)( across days)?: (.*)$/m).slice(1);
  return Array.from({ length: pieces.length / 4 }, (_, at) => {
    const [severity, across, claim, query] = pieces.slice(4 * at, 4 * at + 4) as [
      Check["severity"],
      string | undefined,
      string,
      string,
    ];
    const statement = { template: query.trim().replace(/;$/, ""), parameters };
    const acrossDays = across !== undefined;
    const volume = / as row_count\b/.test(query) ? "sum(row_count)" : "count(*)";
    return { table, severity, claim, acrossDays, sql: withParameters(statement), statement, volume };
  });
}

/** Runs every check on the days from `from_date` to `to_date`. */
export async function runChecks(warehouse: Warehouse, days: Days): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) results.push(await runCheck(warehouse, check, days));
  return results;
}

/**
 * Runs one check on the days from `from_date` to `to_date`. The example is a query of its own: counting by a window beside it
 * makes DuckDB fail now and then, and with it the whole database (https://github.com/duckdb/duckdb/issues/25713).
 */
export async function runCheck(warehouse: Warehouse, check: Check, days: Days): Promise<CheckResult> {
  const rows = `(\n${check.sql}\n) as found`;
  const [row] = await warehouse.query(`select coalesce(${check.volume}, 0) as found_rows from ${rows}`, days);
  const found = Number(row?.found_rows ?? 0);
  if (found === 0) return { ...check, found, example: undefined };
  const [example] = await warehouse.query(`select * from ${rows} limit 1`, days);
  return { ...check, found, example };
}
