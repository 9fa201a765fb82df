-- The scheduled query activity_sync, over a BigQuery connection to Cloud SQL: the statements of the local sync as a script.
-- The transaction changes everything or nothing; BigQuery rolls it back when the script fails, or when another one has
-- changed the raw table in the meantime (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency).
-- EXTERNAL_QUERY takes its query as a literal (believed:
-- https://cloud.google.com/bigquery/docs/reference/standard-sql/federated_query_functions#external_query shows no other
-- form), so the moment that the changes start at is inserted into the text: written by format_timestamp from a column of
-- timestamps, it consists of digits.
declare sync_id string default generate_uuid();

declare started_at timestamp default current_timestamp();

declare since, synced_to timestamp;

declare from_date, to_date date;

set since = ({{watermark}});

set synced_to = (select safe_watermark from external_query({{connection}}, {{safe_watermark_query}}));

execute immediate format(
  'create or replace temp table changes as select * from external_query(%T, %T)',
  {{connection}},
  replace(
    {{changes_query}},
    {{since_marker}},
    coalesce(format_timestamp("'%Y-%m-%d %H:%M:%E6S+00'", since), "'-infinity'")
  )
);

set (from_date, to_date) = (
  select as struct touched_range.* from (
{{touched_range}}
  ) as touched_range
);

{{stage_differences}};

begin transaction;

if ({{overtaken}}) then
  rollback transaction;
  return;
end if;

{{merge_differences}};

{{note_days}};

{{note_sync}};

commit transaction;
