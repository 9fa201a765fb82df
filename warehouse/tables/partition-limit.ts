/** How many partitions one statement may change on BigQuery (https://cloud.google.com/bigquery/quotas#partitioned_tables): eleven years. */
export const maxPartitionsChanged = 4_000;
