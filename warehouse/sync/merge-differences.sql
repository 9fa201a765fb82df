-- Applies the differences to the raw table. The condition names the range of days although the days are compared, because
-- only parameters and literals prune partitions
-- (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement).
merge into clan_case_raw.user_daily_metrics_raw as target
using differences as source
on target.event_date between {{from_date}} and {{to_date}}
  and {{same_key}}
when matched and source.is_deleted then delete
when matched then
  update set {{new_values}}
when not matched and not source.is_deleted then
  insert ({{columns}})
  values ({{source_columns}})
