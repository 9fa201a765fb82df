-- Applies the differences to the raw table. The condition names the days although they are compared, because a join
-- prunes no partitions, and a constant does
-- (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement). An array
-- in a variable is as good, as dbt relies on (https://github.com/dbt-labs/dbt-core/pull/2198), unless it is empty
-- (https://github.com/dbt-labs/dbt-adapters/issues/600).
merge into clan_case_raw.user_daily_metrics_raw as target
using {{differences}} as source
on target.event_date in {{days}}
  and {{same_key}}
when matched and source.is_deleted then delete
when matched then
  update set {{new_values}}
when not matched and not source.is_deleted then
  insert ({{columns}})
  values ({{source_columns}})
