-- What had the users who pay within 30 days brought in by day 30 (LTV30), by week of the install? From raw: only there is it
-- known who paid. Only install days whose days 0 to 30 are all there and over count: of the 30 days that npm start generates, none.
with days as (
  select distinct event_date
  from clan_case_raw.user_daily_metrics_raw
  where event_date < cast(current_timestamp at time zone 'UTC' as date)
),

cohorts as (
  select installed.event_date as install_date
  from days as installed
  join days as reached on reached.event_date between installed.event_date and installed.event_date + 30
  group by installed.event_date
  having count(*) = 31
),

payers as (
  select install_date, user_id, sum(raw.iap_revenue) as iap_revenue, sum(raw.ad_revenue) as ad_revenue
  from clan_case_raw.user_daily_metrics_raw as raw
  join cohorts using (install_date)
  where event_date <= install_date + 30
  group by install_date, user_id
  having sum(raw.iap_revenue) > 0
)

select
  cast(date_trunc('week', install_date) as date) as cohort_week,
  count(*) as payers,
  sum(iap_revenue + ad_revenue) / count(*) as ltv_30,
  count(distinct install_date) as install_days
from payers
group by cohort_week
order by cohort_week desc;
