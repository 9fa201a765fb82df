-- The scheduled query daily_metrics: recomputes the days that syncs have touched since its last run, and those of its
-- window, in which files may have been loaded. One MERGE replaces a whole date range.
declare from_date date default {{window_start}};

declare to_date date default {{window_end}};

{{stage_syncs}};

{{stage_days}};

insert into days_to_recompute (event_date)
select day from unnest(generate_date_array(from_date, to_date)) as day;

for date_range in (
{{date_ranges}}
) do
  set from_date = date_range.from_date;
  set to_date = date_range.to_date;
{{replace_days}};
end for;

{{note_covered}};
