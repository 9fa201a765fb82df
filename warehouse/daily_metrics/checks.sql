-- Each query returns the rows that should not be there, of the days from @from_date to @to_date.

-- fail: a day, country and platform has one row
select event_date, country, platform, count(*) as row_count
from clan_case_analytics.daily_metrics
where event_date between @from_date and @to_date
group by event_date, country, platform
having count(*) > 1;

-- fail: the key is not null, the country not blank, the platform known
select event_date, country, platform
from clan_case_analytics.daily_metrics
where event_date between @from_date and @to_date
  and (country is null or trim(country) = '' or platform is null or platform not in ('ANDROID', 'IOS'));

-- fail: every day and platform has the users, matches and revenue of raw, revenue to the cent
with raw as (
  select
    event_date,
    upper(platform) as platform,
    count(distinct user_id) as dau,
    sum(match_start_count) as matches_started,
    round(sum(iap_revenue), 2) as iap_revenue,
    round(sum(ad_revenue), 2) as ad_revenue
  from clan_case_raw.user_daily_metrics_raw
  where event_date between @from_date and @to_date
  group by event_date, upper(platform)
),

metrics as (
  select
    event_date,
    platform,
    sum(dau) as dau,
    sum(matches_started) as matches_started,
    round(sum(total_iap_revenue), 2) as iap_revenue,
    round(sum(total_ad_revenue), 2) as ad_revenue
  from clan_case_analytics.daily_metrics
  where event_date between @from_date and @to_date
  group by event_date, platform
)

select
  event_date,
  platform,
  raw.dau as raw_dau,
  metrics.dau as dau,
  raw.iap_revenue as raw_iap_revenue,
  metrics.iap_revenue as iap_revenue,
  raw.ad_revenue as raw_ad_revenue,
  metrics.ad_revenue as ad_revenue
from raw
full join metrics using (event_date, platform)
where raw.dau is distinct from metrics.dau
  or raw.matches_started is distinct from metrics.matches_started
  or raw.iap_revenue is distinct from metrics.iap_revenue
  or raw.ad_revenue is distinct from metrics.ad_revenue;

-- fail: no ratio is negative, and each is null exactly where its divisor is 0
select event_date, country, platform, dau, matches_ended, win_ratio, defeat_ratio
from clan_case_analytics.daily_metrics
where event_date between @from_date and @to_date
  and (
    dau < 1
    or arpdau is null or arpdau < 0
    or match_per_dau is null or match_per_dau < 0
    or server_error_per_dau is null or server_error_per_dau < 0
    or (win_ratio is null) <> (matches_ended = 0)
    or (defeat_ratio is null) <> (matches_ended = 0)
    or win_ratio < 0
    or defeat_ratio < 0
  );

-- warn: win and defeat ratio are at most 1
select event_date, country, platform, matches_ended, victories, defeats
from clan_case_analytics.daily_metrics
where event_date between @from_date and @to_date and (win_ratio > 1 or defeat_ratio > 1);
