import { parseArgs } from "node:util";
import { type CheckResult, runChecks } from "@clan-platform/warehouse/checks.ts";
import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import { type Comparison, reconcile } from "@clan-platform/warehouse/reconcile.ts";
import { parseSettings } from "../local/settings.ts";
import { openWarehouse, parseTarget, type Target, targetOption } from "../local/warehouse-target.ts";
import { exitWith, withUsage } from "./terminal/refusal.ts";
import { amountText, tableText } from "./terminal/table-text.ts";

const usage = "usage: npm run validate [-- --target local|bigquery]";

try {
  const target = readArguments();
  const warehouse = await openWarehouse(target, parseSettings(process.env));
  try {
    const days = await coveredDays(warehouse);
    const { rawRows, comparisons } = await reconcile(warehouse, days);
    console.log(`\n  ${amountText(rawRows)} raw rows from ${days.from_date} to ${days.to_date}\n`);
    console.log(comparisonTable(comparisons));
    const results = await runChecks(warehouse, days);
    console.log(`\n${checkTable(results)}`);
    for (const { example, claim } of results.filter(({ example }) => example)) {
      console.log(`\n  ${claim}, but for example:\n    ${JSON.stringify(example)}`);
    }
    const failed = results.filter(({ found, severity }) => found > 0 && severity === "fail").length;
    const differing = comparisons.filter(({ isSame }) => !isSame).length;
    if (failed + differing > 0) {
      console.log(
        `\n  ${failed} checks failed, ${differing} sums differ: npm run backfill recomputes daily_metrics.\n`,
      );
      process.exitCode = 1;
    }
  } finally {
    await warehouse.close();
  }
} catch (error) {
  exitWith(error);
}

function readArguments(): Target {
  return withUsage(usage, () => {
    const { values } = parseArgs({ options: targetOption });
    return parseTarget(values.target);
  });
}

function comparisonTable(comparisons: Comparison[]): string {
  const places = (question: string) => (question.endsWith("USD") ? 2 : 0);
  const rows = comparisons.map(({ question, raw, dailyMetrics, isSame }) => [
    isSame ? "same" : "DIFFERS",
    question,
    amountText(raw as string, places(question)),
    amountText(dailyMetrics as string, places(question)),
  ]);
  return tableText([["", "", "raw", "daily_metrics"], ...rows], 2);
}

function checkTable(results: CheckResult[]): string {
  const rows = results.map(({ table, claim, severity, found }) => [
    found === 0 ? "ok" : severity === "fail" ? "FAILED" : "warning",
    table,
    claim,
    found === 0 ? "" : `${amountText(found)} rows`,
  ]);
  return tableText(rows, 3);
}
