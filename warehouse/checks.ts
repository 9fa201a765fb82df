import { readFileSync } from "node:fs";
import type { Days, Row, Warehouse } from "./warehouse.ts";

export interface Check {
  /** The table whose `checks.sql` has it. */
  table: string;
  severity: "fail" | "warn";
  /** What should be so. */
  claim: string;
  /** It compares days with each other: asked of each day alone, it would find other rows than of all at once. */
  acrossDays: boolean;
  /** Returns the rows that should not be there. */
  sql: string;
}

export interface CheckResult extends Check {
  /** How many rows should not be there. */
  found: number;
  example: Row | undefined;
}

/** The checks of a table: each is a comment `-- fail: claim` or `-- warn: claim` (or `-- warn across days: claim`), and a query that ends with `;`. */
export function readChecks(table: string): Check[] {
  const text = readFileSync(new URL(`tables/${table}/checks.sql`, import.meta.url), "utf8");
  const parts = text.split(/^-- (fail|warn)( across days)?: (.*)$/m).slice(1);
  const checks: Check[] = [];
  for (let at = 0; at < parts.length; at += 4) {
    const [severity, across, claim, sql] = parts.slice(at, at + 4) as [
      Check["severity"],
      string | undefined,
      string,
      string,
    ];
    checks.push({
      table,
      severity,
      claim,
      acrossDays: across !== undefined,
      sql: sql.trim().replace(/;$/, ""),
    });
  }
  return checks;
}

export const checks = ["user_daily_metrics_raw", "daily_metrics"].flatMap(readChecks);

/** Runs every check on the days from `from_date` to `to_date`. */
export async function runChecks(warehouse: Warehouse, days: Days): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) results.push(await runCheck(warehouse, check, days));
  return results;
}

/** Runs one check on the days from `from_date` to `to_date`. */
export async function runCheck(warehouse: Warehouse, check: Check, days: Days): Promise<CheckResult> {
  const sql = `select count(*) over () as found_rows, found.* from (\n${check.sql}\n) as found limit 1`;
  const [row] = await warehouse.query(sql, days);
  const { found_rows = 0, ...example } = row ?? {};
  return { ...check, found: Number(found_rows), example: row && example };
}
