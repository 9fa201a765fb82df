-- The users with more than one row of a day and platform from {{from_date}} to {{to_date}}, for a closer look at their rows alone.
-- The days and platforms of a user in 31 days are the bits of a number: a user with more rows than bits has one of them twice. An
-- unknown platform has no bit. Grouping by the key itself makes seven times as many groups, and takes 1.6 times the CPU on DuckDB.
select user_id
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
group by user_id, unix_date(event_date) - mod(unix_date(event_date) - unix_date({{from_date}}), 31)
having count(*) > bit_count(
  coalesce(
    bit_or(
      cast(1 as int64) << (
        2 * mod(unix_date(event_date) - unix_date({{from_date}}), 31)
        + case platform when 'ANDROID' then 0 when 'IOS' then 1 end
      )
    ),
    0
  )
)
