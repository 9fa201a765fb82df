import { type Check, checks } from "../../checks.ts";
import { derivedTables } from "../../tables/derived-tables.ts";
import { uncoveredDaysOf } from "../../tables/recompute/statements.ts";
import { fullName, rawTable } from "../../tables/table.ts";
import { render, withValues } from "../../templates.ts";
import { literal } from "./literal.ts";
import { readScheduled } from "./read-scheduled.ts";
import { windowOf } from "./scheduled-window.ts";

// A check that compares days with each other looks back over a week.
const daysForWarnings = 8;
const { to_date: yesterday } = windowOf(daysForWarnings);

/** The script of the scheduled query `daily_metrics_checks`: the checks that fail, on `windowDays` days to yesterday. */
export const scheduledChecks = (windowDays: number): string =>
  script("daily_metrics_checks", checksQuery(windowDays));

/** The script of the scheduled query `daily_metrics_warnings`: the checks that warn, on yesterday. */
export const scheduledWarnings = (): string => script("daily_metrics_warnings", warningsQuery());

const script = (name: string, query: string) =>
  `set @@query_label = 'app:clan-platform,query:${name}';\n\n${query}`;

/**
 * The query of `daily_metrics_checks`. A check that compares tables leaves out the days that a sync or a load has touched and no
 * run has recomputed yet in each of them: there, they may differ.
 */
export const checksQuery = (windowDays: number): string =>
  queryOf("fail", windowDays, (rows) => onlyRecomputedDays(rows));

/**
 * The query of `daily_metrics_warnings`. It looks for what is unusual in yesterday alone, so that an unusual day is reported once,
 * and whether yesterday came at all, which no check of the rows that are there can see.
 */
export const warningsQuery = (): string =>
  queryOf("warn", daysForWarnings, () => ` where event_date = ${yesterday}`, [
    render(readScheduled("yesterday-is-missing.sql"), { yesterday, ...windowOf(daysForWarnings) }),
  ]);

function queryOf(
  severity: Check["severity"],
  windowDays: number,
  filterOf: (rows: string) => string,
  more: string[] = [],
): string {
  const window = windowOf(windowDays);
  const results = checks
    .filter((check) => check.severity === severity)
    .map(({ table, claim, statement, volume }) => {
      const rows = withValues(statement, (name) => window[name as keyof typeof window]);
      return `select ${literal(`${table}: ${claim}`)} as claim, coalesce(${volume}, 0) as found from (\n${rows}\n)${filterOf(rows)}`;
    });
  return render(readScheduled("checks.sql"), { results: [...results, ...more].join("\n\nunion all\n\n") });
}

function onlyRecomputedDays(statement: string): string {
  const compared = [rawTable, ...derivedTables.map(({ table }) => table)].filter((table) =>
    statement.includes(fullName(table)),
  );
  if (compared.length < 2) return "";
  const uncovered = derivedTables.filter(({ table }) => compared.includes(table)).map(uncoveredDaysOf);
  return ` where event_date not in (\n${uncovered.join("\nunion distinct\n")}\n)`;
}
