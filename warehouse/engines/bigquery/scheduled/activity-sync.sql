-- The scheduled query activity_sync, over a BigQuery connection to Cloud SQL: the statements of the local sync as a script.
-- The transaction changes everything or nothing: BigQuery rolls it back when the script fails. It begins with the lock,
-- without which another writer could insert the same keys (engines/bigquery/lock.ts).
-- EXTERNAL_QUERY takes its query as a literal (believed:
-- https://cloud.google.com/bigquery/docs/reference/standard-sql/federated_query_functions#external_query shows no other
-- form), so the moment that the changes start at is inserted into the text: written by format_timestamp from a column of
-- timestamps, it consists of digits. It is written in UTC, and not in the project's default_time_zone
-- (https://cloud.google.com/bigquery/docs/default-configuration).
declare v_sync_id string;

declare v_started_at, v_since, v_clans_since, v_synced_to timestamp;

declare v_days array<date>;

declare v_has_erased bool;

declare v_attempt int64 default 0;

set @@query_label = 'app:clan-platform,query:activity_sync';

{{create_lock_row}};

{{repeated}}
