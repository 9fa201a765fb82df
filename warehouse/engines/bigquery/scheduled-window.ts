/**
 * The days of a scheduled run: `windowDays` days to yesterday. A scheduled query has no parameters but `@run_time` and `@run_date`,
 * the day of that moment in UTC (https://cloud.google.com/bigquery/docs/scheduling-queries#available_parameters), so both ends are
 * computed from it. A constant expression prunes partitions
 * (https://cloud.google.com/bigquery/docs/querying-partitioned-tables#use_a_constant_filter_expression); that one with a parameter is
 * constant is believed.
 */
export const windowOf = (windowDays: number) => ({
  from_date: `date_sub(@run_date, interval ${windowDays} day)`,
  to_date: "date_sub(@run_date, interval 1 day)",
});
