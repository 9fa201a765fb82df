set v_sync_id = generate_uuid();

set v_started_at = current_timestamp();

set v_since = ({{watermark}});

set v_synced_to = (select safe_watermark from external_query({{connection}}, {{safe_watermark_query}}));

{{stage_changes}}

set v_clans_since = ({{clans_watermark}});

-- Memberships first: a clan that is created between these two is then there before its members.
{{stage_membership_changes}}

{{stage_clan_changes}}

-- Of no days, one that has no rows: BigQuery sees no filter in an empty list, and reads raw only with a filter on its partitions
-- (https://github.com/dbt-labs/dbt-adapters/issues/600).
set v_days = (
  select coalesce(array_agg(event_date), [date '0001-01-01']) from (
{{touched_days}}
  ) as touched
);

set v_has_erased = (
{{has_erased}}
);

if v_has_erased then
  set v_days = (
    select coalesce(array_agg(event_date), [date '0001-01-01']) from (
{{touched_days}}
union distinct
{{erased_days}}
    ) as touched
  );
end if;

{{stage_differences}};

if v_has_erased then
{{stage_deletions}};
end if;

{{stage_clan_differences}};

{{stage_membership_differences}};

begin transaction;

{{take_lock}};

if ({{overtaken}}) then
  rollback transaction;
  leave;
end if;

-- One statement may change a limited number of partitions (tables/partition-limit.ts), so more days take several merges.
for merged in (
  select array_agg(event_date) as days
  from (select event_date, row_number() over (order by event_date) - 1 as position from unnest(v_days) as event_date) as numbered
  group by div(position, {{max_partitions_changed}})
) do
  set v_days = merged.days;
{{merge_differences_of_days}};
end for;

{{merge_clan_differences}};

{{merge_membership_differences}};

{{note_days}};

{{note_sync}};

if v_has_erased then
{{erase_rejected}};
end if;

{{expire_rejected}};

commit transaction;
