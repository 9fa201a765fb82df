import { checks } from "./checks.ts";
import { replaceDaysSql } from "./daily_metrics/replace-days.ts";

/**
 * The days of a scheduled run: `windowDays` days to yesterday. A scheduled query has one parameter, `@run_date`, the day of
 * the run in UTC (https://cloud.google.com/bigquery/docs/scheduling-queries#available_parameters), so both ends are
 * reckoned from it; as constants of the query, they prune partitions like parameters.
 */
function ofScheduledRun(sql: string, windowDays: number): string {
  return sql
    .replaceAll("@from_date", `date_sub(@run_date, interval ${windowDays} day)`)
    .replaceAll("@to_date", "date_sub(@run_date, interval 1 day)");
}

/** What the scheduled query `daily_metrics` runs: the days of its window, replaced all at once. */
export const scheduledDailyMetrics = (windowDays: number) => ofScheduledRun(replaceDaysSql, windowDays);

/**
 * What the scheduled query `daily_metrics_checks` runs: one statement over all checks that fail a run, which ends in an
 * error that tells each claim that does not hold, and of how many rows. Checks that only warn are left to `validate`.
 */
export function scheduledChecks(windowDays: number): string {
  const counts = checks
    .filter(({ severity }) => severity === "fail")
    .map(
      ({ table, claim, sql }) =>
        `select '${table}: ${claim.replaceAll("'", "\\'")}' as claim, count(*) as found from (\n${sql}\n)`,
    );
  return ofScheduledRun(
    `with results as (
${counts.join("\n\nunion all\n\n")}
)

select
  if(
    countif(found > 0) = 0,
    concat(cast(count(*) as string), ' checks hold'),
    error(string_agg(if(found > 0, concat(claim, ' (', cast(found as string), ' rows)'), null), '; '))
  ) as outcome
from results`,
    windowDays,
  );
}
