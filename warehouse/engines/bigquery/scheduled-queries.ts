import { checks } from "../../checks.ts";
import {
  erasedDaysQuery,
  eraseRejected,
  hasErasedQuery,
  mergeDifferences,
  noteDays,
  noteSync,
  overtaken,
  roundedChangesStatement,
  safeWatermarkQuery,
  stageDifferences,
  touchedDaysQuery,
  watermarkQuery,
} from "../../sync/statements.ts";
import {
  dateRangesQuery,
  noteCovered,
  stageDays,
  stageSyncs,
  uncoveredDaysQuery,
} from "../../tables/daily_metrics/recompute.ts";
import { replaceDaysStatement } from "../../tables/daily_metrics/replace-days.ts";
import { dailyMetricsLockTable, fullName, rawLockTable, rawTable } from "../../tables/table.ts";
import { readTemplate, render, withValues, withVariables } from "../../templates.ts";
import { createLockRow, takeLock } from "./lock.ts";

const read = (file: string) => readTemplate(new URL(`scheduled/${file}`, import.meta.url));

/** The sync alone, over a connection such as `project.eu.clan-activity`. */
export function scheduledActivitySync(connection: string): string {
  // Replaced by the script itself, when it knows the moment.
  const sinceMarker = "$1";
  const attempt = render(read("activity-sync-attempt.sql"), {
    connection: literal(connection),
    safe_watermark_query: literal(safeWatermarkQuery),
    changes_query: literal(withValues(roundedChangesStatement, () => sinceMarker)),
    since_marker: literal(sinceMarker),
    watermark: watermarkQuery,
    touched_days: touchedDaysQuery,
    has_erased: hasErasedQuery,
    erased_days: erasedDaysQuery,
    take_lock: takeLock(rawLockTable),
    stage_differences: withVariables(stageDifferences),
    overtaken: withVariables(overtaken),
    merge_differences: withVariables(mergeDifferences),
    note_days: withVariables(noteDays),
    note_sync: withVariables(noteSync),
    erase_rejected: eraseRejected,
  });
  return render(read("activity-sync.sql"), {
    create_lock_row: createLockRow(rawLockTable),
    repeated: repeated(attempt),
  });
}

/** The script of the scheduled query `daily_metrics`; its window is `windowDays` days long and ends yesterday. */
export function scheduledDailyMetrics(windowDays: number): string {
  const { from_date, to_date } = windowOf(windowDays);
  return recomputeDailyMetrics(`insert into days_to_recompute (event_date)
select day from unnest(generate_date_array(${from_date}, ${to_date})) as day;`);
}

/** Recomputes the touched days of daily_metrics, and those that `stageWindow` adds to them. */
function recomputeDailyMetrics(stageWindow = ""): string {
  const attempt = render(read("daily-metrics-attempt.sql"), {
    stage_window: stageWindow,
    take_lock: takeLock(dailyMetricsLockTable),
    stage_syncs: stageSyncs,
    stage_days: stageDays,
    date_ranges: dateRangesQuery,
    replace_days: withVariables(replaceDaysStatement),
    note_covered: noteCovered,
  });
  return render(read("daily-metrics.sql"), {
    create_lock_row: createLockRow(dailyMetricsLockTable),
    repeated: repeated(attempt),
  });
}

/** What follows a sync, in this order: for each table that is computed from raw, the script that recomputes its touched days. */
const recomputations: (() => string)[] = [recomputeDailyMetrics];

/**
 * The script of the scheduled query `activity_sync`: the sync, and then the touched days of every table, so that what a game
 * reported is in the metrics when the run ends. A script that fails ends the run; the next run covers the same changes.
 */
export const scheduledSync = (connection: string): string =>
  [scheduledActivitySync(connection), ...recomputations.map((recompute) => recompute())]
    .map((script) => `begin\n${script.trimEnd()}\nend;`)
    .join("\n\n");

const repeated = (script: string) => render(read("repeat.sql"), { script });

/** The script of the scheduled query `daily_metrics_checks`, on the days of the same window. */
export const scheduledChecks = (windowDays: number): string =>
  `set @@query_label = 'app:clan-platform,query:daily_metrics_checks';\n\n${checksQuery(windowDays)}`;

/**
 * Its query. What compares raw with daily_metrics leaves out the days that a sync or a load has touched and no run has recomputed
 * yet: there, they may differ.
 */
export function checksQuery(windowDays: number): string {
  const window = windowOf(windowDays);
  const results = checks
    .filter(({ severity }) => severity === "fail")
    .map(({ table, claim, statement, volume }) => {
      const rows = withValues(statement, (name) => window[name as keyof typeof window]);
      return `select ${literal(`${table}: ${claim}`)} as claim, coalesce(${volume}, 0) as found from (\n${rows}\n)${comparesWithRaw(table, rows) ? ` ${coveredDays}` : ""}`;
    });
  return render(read("daily-metrics-checks.sql"), { results: results.join("\n\nunion all\n\n") });
}

const coveredDays = `where event_date not in (\n${uncoveredDaysQuery}\n)`;

const comparesWithRaw = (table: string, statement: string) =>
  table !== rawTable.name && statement.includes(fullName(rawTable));

/** A literal; the escapes of JSON are among GoogleSQL's. */
const literal = (text: string) => JSON.stringify(text);

/**
 * The days of a scheduled run: `windowDays` days to yesterday. A scheduled query has one parameter, `@run_date`, the day
 * of the run in UTC (https://cloud.google.com/bigquery/docs/scheduling-queries#available_parameters), so both ends are
 * computed from it. Believed to prune partitions as parameters do, because they are constant in a run.
 */
const windowOf = (windowDays: number) => ({
  from_date: `date_sub(@run_date, interval ${windowDays} day)`,
  to_date: "date_sub(@run_date, interval 1 day)",
});
