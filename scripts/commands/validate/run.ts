import { amountText, counted } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { type CheckResult, runChecks } from "@clan-platform/warehouse/checks.ts";
import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { type Comparison, reconcile } from "@clan-platform/warehouse/reconcile.ts";
import { keyClaim } from "@clan-platform/warehouse/tables/user_daily_metrics_raw/deduplicate.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target } from "../../local/warehouse-target.ts";
import { askedDays } from "../terminal/asked-days.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { green, red, yellow } from "../terminal/color.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { withRawRows } from "../terminal/raw-rows.ts";
import { tableText } from "../terminal/table.ts";
import { paragraph } from "../terminal/wrap.ts";

export interface ValidateOptions {
  from?: string;
  to?: string;
  target: Target;
}

export async function run({ from, to, target }: ValidateOptions): Promise<void> {
  if (from && to && from > to) throw new UsageError(`--from ${from} is after --to ${to}.`);
  const warehouse = await openWarehouse(target, parseSettings(process.env));
  try {
    // Every day that is read costs money on BigQuery: two given days are not looked up.
    const asked =
      from && to ? { from_date: from, to_date: to } : askedDays(await coveredDays(warehouse), from, to);
    const days = await withRawRows(warehouse, asked);
    const { rawRows, comparisons } = await reconcile(warehouse, days);
    refuseNothing(days, rawRows, comparisons);
    print(`\n  ${amountText(rawRows)} raw rows from ${days.from_date} to ${days.to_date}\n`);
    print(comparisonTable(comparisons));
    const results = await runChecks(warehouse, days);
    print(`\n${checkTable(results)}`);
    printExamples(results);
    const failed = results.filter(({ found, severity }) => found > 0 && severity === "fail").length;
    const differing = comparisons.filter(({ isSame }) => !isSame).length;
    if (failed + differing > 0) {
      const problems = `${counted(failed, "check")} failed, ${counted(differing, "sum differs", "sums differ")}`;
      const option = target === "bigquery" ? "--target bigquery " : "";
      const backfill = `npm run backfill -- ${option}--yes recomputes daily_metrics.`;
      print(`\n${paragraph("  ", `${problems}: ${backfill}`)}\n`);
      const repeated = results.find(({ claim }) => claim === keyClaim)?.found ?? 0;
      if (repeated > 0) {
        const remedy = `npm run deduplicate -- ${option}--yes keeps one row of each, and recomputes their days.`;
        print(`${paragraph("  ", `${counted(repeated, "raw row")} share keys: ${remedy}`)}\n`);
      }
      process.exitCode = exitCode.failed;
    }
  } finally {
    await warehouse.close();
  }
}

/** @throws {CliError} when there is nothing to compare, which every check would pass */
function refuseNothing({ from_date, to_date }: DateRange, rawRows: number, comparisons: Comparison[]): void {
  if (rawRows > 0 || comparisons.some(({ isSame }) => !isSame)) return;
  throw new CliError(`There are no rows from ${from_date} to ${to_date}, neither raw ones nor metrics.`);
}

function comparisonTable(comparisons: Comparison[]): string {
  const places = (question: string) => (question.endsWith("USD") ? 2 : 0);
  const rows = comparisons.map(({ question, raw, dailyMetrics, isSame }) => [
    isSame ? green("same") : red("DIFFERS"),
    question,
    amountText(raw as string, places(question)),
    amountText(dailyMetrics as string, places(question)),
  ]);
  return tableText([["", "", "raw", "daily_metrics"], ...rows], { from: 2 });
}

function checkTable(results: CheckResult[]): string {
  const rows = results.map(({ table, claim, severity, found }) => [
    found === 0 ? green("ok") : severity === "fail" ? red("FAILED") : yellow("warning"),
    table,
    claim,
    found === 0 ? "" : counted(found, "row"),
  ]);
  return tableText(rows, { from: 3 });
}

function printExamples(results: CheckResult[]): void {
  for (const { example, claim } of results.filter(({ example }) => example)) {
    print(`\n${paragraph("  ", `${claim}, but for example:`)}`);
    print(`    ${printable(JSON.stringify(example))}`);
  }
}
