-- A table that is computed from raw: recomputes the days that syncs and loads have touched since its last run; the scheduled
-- query daily_metrics also those of its window. One MERGE replaces a whole date range, all in one transaction, which begins
-- with the lock: without it, two runs, or a run and a backfill, could each insert the same days.
declare v_from_date, v_to_date date;

declare v_attempt int64 default 0;

set @@query_label = 'app:clan-platform,query:{{name}}';

{{create_lock_row}};

{{repeated}}
