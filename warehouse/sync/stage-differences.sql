-- Stages what the merge will do to the raw table, for the touched days, {{days}}: one row per key that is new or different.
-- Runs outside of the transaction, to keep that short. With `distinct`, a key that is stored twice is one row, because BigQuery's
-- MERGE fails where two rows of the source match one
-- (https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement).
create or replace temp table differences as
with existing as (
  select * from clan_case_raw.user_daily_metrics_raw where event_date in {{days}}
)

select {{quantifier}}
  {{delivered_columns}},
  existing.user_id is not null as is_known,
  false as is_deleted
from existing
right join changes as delivered
  on {{same_key}}
where not delivered.is_erased
  and (
    existing.user_id is null
    or {{is_different}}
  )
