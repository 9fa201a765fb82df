-- The scheduled query daily_metrics: recomputes the days that syncs have touched since its last run, and those of its
-- window, in which files may have been loaded. One MERGE replaces a whole date range, all in one transaction, which begins
-- with the lock: without it, two runs, or a run and a backfill, could each insert the same days.
declare v_from_date date default {{window_start}};

declare v_to_date date default {{window_end}};

declare v_attempt int64 default 0;

set @@query_label = 'app:clan-platform,query:daily_metrics';

{{create_lock_row}};

{{repeated}}
