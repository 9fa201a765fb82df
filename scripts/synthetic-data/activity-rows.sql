-- What the active users did on their days: the columns of a part, and the order of the row in its day.
create or replace temp view activity_rows as
with users as (
  select
    *,
    user_key(user_number) as user_key,
    row_key(day_key(user_key, day_index), is_second_platform) as row_key,
    day_index = install_index as is_install_day,
    -- The first users of a cohort stay the longest, and pay the most.
    (user_number - first_user) / size as rank,
    (draw(user_key, 4) < ios_share) != is_second_platform as is_ios,
    draw(user_key, 5) < willingness * case
      when rank < 0.02 then 0.065
      when rank < 0.1 then 0.032
      when rank < 0.4 then 0.009
      else 0.004
    end as is_payer,
    is_payer and chance(user_key, 6, 0.04) as is_whale,
    -- Whales have the ads taken away, others switch them off.
    not is_whale and chance(user_key, 7, 0.9) as sees_ads,
    4 + below(user_key, 8, 12) as liveliness,
    0.35 + 0.3 * draw(user_key, 9) as skill,
    has_outage and below(user_key(0), 10, getvariable('day_count')) = day_index as is_cut_off
  from active_users
  join days using (day_index)
  join cohorts using (install_index)
  join countries on country_slot = country_slot(user_key(user_number))
),
sessions as (
  select
    *,
    -- The product of two draws is mostly small, and large now and then.
    1 + floor(liveliness * draw(row_key, 1) * draw(row_key, 2))::bigint as sessions,
    floor(sessions * (200 + 9000 * draw(row_key, 3) * (0.4 + draw(row_key, 4))))::bigint as exact_tenths,
    -- Some senders measure whole seconds, some tenths.
    exact_tenths - if(chance(row_key, 5, 0.6), exact_tenths % 10, 0) as tenths
  from users
),
matches as (
  select
    *,
    tenths // 10 // (130 + below(row_key, 6, 160)) as started,
    draw(row_key, 7) as ending,
    -- Some matches are left, and a few began on the day before.
    started
      - if(ending < 0.2 and started > 0, 1 + below(row_key, 8, least(3, started)), 0)
      + (ending > 0.99)::bigint as ended,
    least(ended, floor(ended * (skill + 0.4 * (draw(row_key, 9) - 0.5)) + draw(row_key, 10))::bigint) as won,
    draw(row_key, 11) as outcome
  from sessions
),
money as (
  select
    *,
    case
      when not is_payer then 0
      when is_whale then if(chance(row_key, 14, 0.5), purchases(row_key, whale_prices(), 1 + below(row_key, 15, 4)), 0)
      when draw(row_key, 14) < if(is_install_day, 0.4, 0.2)
        then purchases(row_key, prices(), if(chance(row_key, 15, 0.2), 2, 1))
      else 0
    end::bigint as cents,
    if(sees_ads, floor(below(row_key, 20, 2 + 3 * sessions) * ad_micros * (0.5 + draw(row_key, 21)))::bigint, 0) as micros,
    4 + below(row_key, 22, 3) as places
  from matches
)
select
  upper(md5(getvariable('seed') || '-' || user_number)) as user_id,
  event_date,
  if(is_ios, 'IOS', 'ANDROID') as platform,
  install_date,
  nullif(country, '') as country,
  sessions as total_session_count,
  tenths // 10 || if(tenths % 10 = 0, '', '.' || tenths % 10) as total_session_duration,
  started as match_start_count,
  ended as match_end_count,
  -- Real senders count a match twice now and then.
  won + (outcome > 0.999)::bigint as victory_count,
  ended - won - (outcome < 0.05 and won < ended)::bigint as defeat_count,
  case
    when is_cut_off then if(chance(row_key, 12, 0.8), 1 + below(row_key, 13, 4 * sessions), 0)
    when chance(row_key, 12, 0.03) then 1 + below(row_key, 13, 2)
    else 0
  end as server_connection_error,
  if(cents = 0, '0', (cents * 0.01::decimal(9, 2))::varchar) as iap_revenue,
  if(micros = 0, '0', with_places(micros, places)) as ad_revenue,
  order_key
from money
