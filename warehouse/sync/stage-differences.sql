-- What is to be done to raw, of the days from @from_date to @to_date: one row per key that is new, different or to go. A
-- user who was erased keeps the rows that PostgreSQL has now, which are all among the changes.
with existing as (
  select * from clan_case_raw.user_daily_metrics_raw where event_date between @from_date and @to_date
),

delivered as (
  select * from changes where not is_erased
),

erased as (
  select user_id from changes where is_erased
),

changed as (
  select
    delivered.event_date,
    delivered.user_id,
    delivered.platform,
    delivered.install_date,
    delivered.country,
    delivered.total_session_count,
    delivered.total_session_duration,
    delivered.match_start_count,
    delivered.match_end_count,
    delivered.victory_count,
    delivered.defeat_count,
    delivered.server_connection_error,
    delivered.iap_revenue,
    delivered.ad_revenue,
    existing.user_id is not null as is_known,
    false as is_gone
  from delivered
  left join existing
    on existing.event_date = delivered.event_date
    and existing.user_id = delivered.user_id
    and existing.platform = delivered.platform
  where existing.user_id is null
    or existing.install_date is distinct from delivered.install_date
    or existing.country is distinct from delivered.country
    or existing.total_session_count is distinct from delivered.total_session_count
    or existing.total_session_duration is distinct from delivered.total_session_duration
    or existing.match_start_count is distinct from delivered.match_start_count
    or existing.match_end_count is distinct from delivered.match_end_count
    or existing.victory_count is distinct from delivered.victory_count
    or existing.defeat_count is distinct from delivered.defeat_count
    or existing.server_connection_error is distinct from delivered.server_connection_error
    or existing.iap_revenue is distinct from delivered.iap_revenue
    or existing.ad_revenue is distinct from delivered.ad_revenue
),

gone as (
  select
    existing.event_date,
    existing.user_id,
    existing.platform,
    existing.install_date,
    existing.country,
    existing.total_session_count,
    existing.total_session_duration,
    existing.match_start_count,
    existing.match_end_count,
    existing.victory_count,
    existing.defeat_count,
    existing.server_connection_error,
    existing.iap_revenue,
    existing.ad_revenue,
    true as is_known,
    true as is_gone
  from existing
  join erased on erased.user_id = existing.user_id
  left join delivered
    on delivered.event_date = existing.event_date
    and delivered.user_id = existing.user_id
    and delivered.platform = existing.platform
  where delivered.user_id is null
)

select * from changed
union all
select * from gone
