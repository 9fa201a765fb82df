/**
 * The days of a scheduled run: `windowDays` days to yesterday. A scheduled query has one parameter, `@run_date`, the day
 * of the run in UTC (https://cloud.google.com/bigquery/docs/scheduling-queries#available_parameters), so both ends are
 * computed from it. Believed to prune partitions as parameters do, because they are constant in a run.
 */
export const windowOf = (windowDays: number) => ({
  from_date: `date_sub(@run_date, interval ${windowDays} day)`,
  to_date: "date_sub(@run_date, interval 1 day)",
});
