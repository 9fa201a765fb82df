-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: a period of a membership is there once
select period_id, count(*) as row_count
from clan_case_raw.clan_membership_periods
where joined_date <= {{to_date}} and coalesce(left_date, date '9999-12-31') >= {{from_date}}
group by period_id
having count(*) > 1;

-- fail: a player is in one clan at a time, and leaves it after joining it
with followed as (
  select
    user_id,
    clan_id,
    joined_at,
    left_at,
    joined_date,
    left_date,
    lead(joined_at) over (partition by user_id order by joined_at, period_id) as next_joined_at
  from clan_case_raw.clan_membership_periods
)

select user_id, clan_id, joined_at, left_at
from followed
where joined_date <= {{to_date}}
  and coalesce(left_date, date '9999-12-31') >= {{from_date}}
  and (left_at < joined_at or left_date < joined_date or next_joined_at < left_at or (left_at is null and next_joined_at is not null));
