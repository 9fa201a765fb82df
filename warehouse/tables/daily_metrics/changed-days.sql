-- What a backfill would change: the days from {{from_date}} to {{to_date}} with a row that differs from what the raw
-- table gives now, and their sums before and after. Of rows with one key, all but one count as rows to delete.
with old as (
  select *, row_number() over (partition by {{key}} order by dau) as copy
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} and {{to_date}}
),

fresh as (
{{query}}
),

compared as (
  select
    coalesce(old.event_date, fresh.event_date) as event_date,
    old.dau as old_dau,
    fresh.dau as new_dau,
    old.total_iap_revenue + old.total_ad_revenue as old_revenue,
    fresh.total_iap_revenue + fresh.total_ad_revenue as new_revenue,
    {{is_changed}} as is_changed
  from old
  full join (select *, 1 as copy from fresh) as fresh
    on {{same_key}} and old.copy = fresh.copy
)

select
  event_date,
  count(old_dau) as old_rows,
  count(new_dau) as new_rows,
  countif(is_changed) as changed_rows,
  sum(old_dau) as old_dau,
  sum(new_dau) as new_dau,
  sum(old_revenue) as old_revenue,
  sum(new_revenue) as new_revenue
from compared
group by event_date
having countif(is_changed) > 0
order by event_date
