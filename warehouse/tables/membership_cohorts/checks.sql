-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: membership_cohorts has one row per install day, day n, comparison and membership
select install_date, day_n, comparison, membership, count(*) as row_count
from clan_case_analytics.membership_cohorts
where event_date between {{from_date}} and {{to_date}}
group by install_date, day_n, comparison, membership
having count(*) > 1;

-- fail: those who were still there are among the users of the install day, and so are those of day 7
with cohorts as (
  select * from clan_case_analytics.membership_cohorts where event_date between {{from_date}} and {{to_date}}
),

compared as (
  select cohorts.*, everybody.users as all_users, everybody.retained as all_retained
  from cohorts
  left join cohorts as everybody
    on everybody.install_date = cohorts.install_date
    and everybody.day_n = cohorts.day_n
    and everybody.membership = cohorts.membership
    and everybody.comparison = 'all'
)

select event_date, install_date, day_n, comparison, membership, users, retained
from compared
where day_n not in (14, 30, 60)
  or unix_date(event_date) - unix_date(install_date) <> day_n
  or users < 1
  or retained not between 0 and users
  or coalesce(all_users, 0) < users
  or coalesce(all_retained, 0) < retained;
