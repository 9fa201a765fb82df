-- The days of a clan: who was in it at the end of each, whether he has left since or not.
create index clan_membership_periods_of_clan on clan_membership_periods (clan_id, coalesce(left_at, 'infinity'));

-- No key leads from here to clans: a deletion would wait for a refresh, which may take minutes. Rows of deleted clans are not
-- shown, and the next refresh deletes them.
create table clan_days (
  clan_id uuid,
  event_date date,
  matches_ended integer not null,
  victories integer not null,
  primary key (clan_id, event_date)
);

comment on table clan_days is 'Matches of the last 30 days of every clan, by the members at the end of each day; refreshed every minute.';

create table clan_scores (
  clan_id uuid,
  days smallint constraint clan_scores_days_are_known check (days in (1, 7, 30)),
  region text,
  matches_ended integer not null,
  victories integer not null,
  primary key (clan_id, days)
);

comment on table clan_scores is 'The sums of clan_days over the last days, today included, for the leaderboard.';

create index clan_scores_by_victories on clan_scores (days, victories desc, clan_id);
create index clan_scores_by_matches on clan_scores (days, matches_ended desc, clan_id);
create index clan_scores_of_region_by_victories on clan_scores (days, region, victories desc, clan_id);
create index clan_scores_of_region_by_matches on clan_scores (days, region, matches_ended desc, clan_id);

create table leaderboard_refresh (
  only_row boolean primary key default true constraint leaderboard_refresh_has_one_row check (only_row),
  -- Both null until the first.
  refreshed_at timestamptz,
  changes_to timestamptz
);

comment on table leaderboard_refresh is 'When the leaderboard was last refreshed, and up to which changes.';

insert into leaderboard_refresh default values;

grant select, insert, update, delete on clan_days, clan_scores to clan_app;
grant select, update (refreshed_at, changes_to) on leaderboard_refresh to clan_app;
grant update (updated_at) on clan_membership_periods to clan_app;
grant select on clan_days, clan_scores, leaderboard_refresh to clan_viewer;
