-- What is the D7 retention of the last week's installs, by country? The newest week of which an install day has had a day 7.
select
  country,
  sum(users_on_day_0) as installs,
  sum(active_users) as active_on_day_7,
  sum(active_users) / nullif(sum(users_on_day_0), 0) as d7,
  max(install_days) as install_days
from clan_case_analytics.retention_by_cohort
where day_n = 7
  and cohort_week = (select max(cohort_week) from clan_case_analytics.retention_by_cohort where day_n = 7)
group by country
order by installs desc, country;
