import { checks } from "../../checks.ts";
import {
  changesQuery,
  mergeDifferences,
  noteDays,
  noteSync,
  overtakenQuery,
  settledQuery,
  stageDifferences,
  touchedRangeQuery,
  watermarkQuery,
} from "../../sync/statements.ts";
import { noteCovered, stageDays, stageSyncs, stretchesQuery } from "../../tables/daily_metrics/recompute.ts";
import { replaceDaysSql } from "../../tables/daily_metrics/replace-days.ts";

/**
 * What the scheduled query `activity_sync` runs, over a connection to Cloud SQL such as `project.eu.clan-activity`: the
 * statements that the local sync runs too, as a script. It is a transaction that does all or nothing; BigQuery rolls it
 * back when the script fails, or when another has changed raw in the meantime.
 *
 * EXTERNAL_QUERY wants literals, so that the moment which the changes begin at is put into its text: written by
 * format_timestamp, from a column of timestamps, it has digits alone.
 */
export function scheduledActivitySync(connection: string): string {
  const from = text(connection);
  return script([
    "declare sync_id string default generate_uuid()",
    "declare started_at timestamp default current_timestamp()",
    "declare since, synced_to timestamp",
    "declare from_date, to_date date",
    `set since = (${watermarkQuery})`,
    `set synced_to = (select settled_at from external_query(${from}, ${text(settledQuery)}))`,
    `execute immediate format(
  'create or replace temp table changes as select * from external_query(%T, %T)',
  ${from},
  replace(
    ${text(changesQuery)},
    '$1',
    coalesce(format_timestamp("'%Y-%m-%d %H:%M:%E6S+00'", since), "'-infinity'")
  )
)`,
    `set (from_date, to_date) = (${touchedRangeQuery.replace("select", "select as struct")})`,
    stageDifferences,
    "begin transaction",
    `if (${overtakenQuery}) then
  rollback transaction;
  return;
end if`,
    mergeDifferences,
    noteDays,
    noteSync,
    "commit transaction",
  ]);
}

/**
 * What the scheduled query `daily_metrics` runs: the days that syncs have touched since its last run, and those of its
 * window, in which files may have been loaded, `windowDays` to yesterday. One MERGE replaces a stretch of days all at once.
 */
export function scheduledDailyMetrics(windowDays: number): string {
  const { from_date, to_date } = window(windowDays);
  return script([
    `declare from_date date default ${from_date}`,
    `declare to_date date default ${to_date}`,
    stageSyncs,
    stageDays,
    `insert into days_to_recompute (event_date)
select day from unnest(generate_date_array(from_date, to_date)) as day`,
    `for stretch in (
${stretchesQuery}
) do
  set from_date = stretch.from_date;
  set to_date = stretch.to_date;
${replaceDaysSql};
end for`,
    noteCovered,
  ]);
}

/** Statements in a row; what are parameters elsewhere are variables there, which prune partitions like them. */
const script = (statements: string[]) =>
  `${statements.map((statement) => statement.replace(/@(?!run_date\b)([a-z_]+)/g, "$1")).join(";\n\n")};`;

/** A literal; the escapes of JSON are among GoogleSQL's. */
const text = (value: string) => JSON.stringify(value);

/**
 * The days of a scheduled run: `windowDays` days to yesterday. A scheduled query has one parameter, `@run_date`, the day of
 * the run in UTC (https://cloud.google.com/bigquery/docs/scheduling-queries#available_parameters), so both ends are
 * reckoned from it; as constants of the query, they prune partitions like parameters.
 */
const window = (windowDays: number) => ({
  from_date: `date_sub(@run_date, interval ${windowDays} day)`,
  to_date: "date_sub(@run_date, interval 1 day)",
});

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
  const { from_date, to_date } = window(windowDays);
  return `with results as (
${counts.join("\n\nunion all\n\n")}
)

select
  if(
    countif(found > 0) = 0,
    concat(cast(count(*) as string), ' checks hold'),
    error(string_agg(if(found > 0, concat(claim, ' (', cast(found as string), ' rows)'), null), '; '))
  ) as outcome
from results`
    .replaceAll("@from_date", from_date)
    .replaceAll("@to_date", to_date);
}
