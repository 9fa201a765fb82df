{{stage_syncs}};

{{stage_days}};

{{stage_window}}

begin transaction;

{{take_lock}};

for date_range in (
{{date_ranges}}
) do
  set v_from_date = date_range.from_date;
  set v_to_date = date_range.to_date;
{{replace_days}};
end for;

{{note_covered}};

commit transaction;
