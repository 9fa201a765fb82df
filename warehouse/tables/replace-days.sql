-- Replaces the days from {{from_date}} to {{to_date}} in a table by the rows of a query, atomically and
-- repeatably. `on false` matches nothing, so the old rows of these days are deleted and the new ones inserted; BigQuery
-- touches only these partitions
-- (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#using_a_constant_false_predicate_in_a_merge_condition).
merge into {{table}} as target
using (
{{query}}
) as source
on false
when not matched by source and target.event_date between {{from_date}} and {{to_date}} then delete
when not matched by target then
  insert ({{columns}})
  values ({{source_columns}})
