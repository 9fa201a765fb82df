-- Chooses who plays on the days of table days, as table active_users: one row per day, user and platform, exactly row_count of
-- them per day; order_key is their random order. On the day of the install everyone plays; later, those who have not left play by
-- chance, such that about 3 % more rows come out than are needed. If not, those who would have stayed away fill the gap.
create or replace temp table candidates as
with remaining as (
  select
    day_index,
    row_count,
    install_index,
    first_user,
    size,
    age = 0 as is_install_day,
    floor(size * staying)::bigint as whole_users,
    -- The fraction of a user remains by chance.
    whole_users + (draw(user_key(first_user + whole_users), 1) < size * staying - whole_users)::bigint as users
  from days
  join cohorts on true
  join retention on age = day_index - install_index
),
totals as (
  select day_index, row_count, sum(users) as all_users, sum(users) filter (is_install_day) as new_users
  from remaining
  group by day_index, row_count
),
chances as (
  select
    day_index,
    1.03 * row_count as wanted,
    least(1, 1.25 * wanted / (new_users + average_activity() * (all_users - new_users))) as new_chance,
    greatest(0, (wanted - new_chance * new_users) / (all_users - new_users)) as returning_chance
  from totals
),
users as (
  select * exclude (whole_users), unnest(range(first_user, first_user + users)) as user_number
  from remaining
),
players as (
  select
    day_index,
    install_index,
    user_number,
    user_key(user_number) as user_key,
    day_key(user_key, day_index) as day_key,
    draw(day_key, 0)
      >= if(is_install_day, new_chance, returning_chance * (0.6 + 0.8 * draw(user_key, 1))) as stays_away
  from users
  join chances using (day_index)
)
select
  day_index,
  install_index,
  user_number,
  is_second_platform,
  -- Those who stay away come last.
  (stays_away::ubigint << 63) | (row_key(day_key, is_second_platform) >> 1) as order_key
from players, (values (false), (true)) as platforms (is_second_platform)
-- Two in a hundred users play on both platforms, mostly on the same days.
where not is_second_platform or (chance(user_key, 3, 0.02) and chance(day_key, 3, 0.6));

create or replace temp table active_users as
with last_keys as (
  -- Much faster than sorting the rows.
  select day_index, list_sort(list(order_key))[any_value(row_count)] as last_key
  from candidates
  join days using (day_index)
  group by day_index
)
select candidates.*
from candidates
join last_keys using (day_index)
where order_key <= last_key
