-- The figures of the days from {{from_date}} to {{to_date}} that are far from the usual ones: of all users, of a platform, of
-- a country. Usual is the median of the same weekday in the eight weeks before; docs/metrics.md has the formula.
-- A day that isn't over (UTC) is left out. Runs on three years at once in seconds, because only figures that can be
-- unusual get to the medians. Most steps read one other, once: BigQuery executes a CTE for each reference to it
-- (https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#with_clause), and refuses a query that is too complex
-- then.
with daily as (
  select
    event_date,
    country,
    platform,
    dau,
    cast(total_iap_revenue as float64) as iap_revenue,
    cast(total_ad_revenue as float64) as ad_revenue,
    matches_started,
    matches_ended,
    victories,
    server_connection_errors
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} - 56 and {{to_date}}
    and unix_date(event_date) < floor(unix_seconds(current_timestamp) / 86400)
),

scopes as (
  select 'all' as scope union all select 'platform' union all select 'country'
),

scoped as (
  select
    scope,
    case scope when 'all' then 'all' when 'platform' then platform else country end as name,
    daily.*
  from daily
  cross join scopes
),

sums as (
  select
    event_date,
    scope,
    name,
    cast(sum(dau) as float64) as dau,
    sum(iap_revenue) as iap_revenue,
    sum(ad_revenue) as ad_revenue,
    sum(matches_started) as matches_started,
    sum(matches_ended) as matches_ended,
    sum(victories) as victories,
    sum(server_connection_errors) as server_connection_errors
  from scoped
  group by event_date, scope, name
),

-- Every scope on every day that has rows: one without is what a missing import looks like, and has a DAU of 0.
filled as (
  select
    whole.event_date,
    named.scope,
    named.name,
    coalesce(sums.dau, 0) as dau,
    safe_divide(coalesce(sums.dau, 0), whole.dau) as share,
    sums.iap_revenue,
    sums.ad_revenue,
    safe_divide(sums.matches_started, sums.dau) as matches_per_dau,
    safe_divide(sums.server_connection_errors, sums.dau) as errors_per_dau,
    safe_divide(sums.victories, sums.matches_ended) as win_ratio
  from (select event_date, dau from sums where scope = 'all') as whole
  cross join (select distinct scope, name from sums) as named
  left join sums
    on sums.event_date = whole.event_date and sums.scope = named.scope and sums.name = named.name
),

weeks_before as (
  select 7 as days union all select 14 union all select 21 union all select 28
  union all select 35 union all select 42 union all select 49 union all select 56
),

-- The figures of each day under the days that they are compared with.
before as (
  select
    filled.event_date + weeks_before.days as event_date,
    scope,
    name,
    dau,
    share,
    iap_revenue,
    ad_revenue,
    matches_per_dau,
    errors_per_dau,
    win_ratio
  from filled
  cross join weeks_before
  where dau > 0
),

-- A figure can be 3.5 times its least scale (see scaled) from the median only if it is as far from half of the figures
-- before. Few days of few scopes have one that is.
candidates as (
  select now.event_date, now.scope, now.name
  from filled as now
  join before
    on before.event_date = now.event_date and before.scope = now.scope and before.name = now.name
  where now.event_date >= {{from_date}}
  group by now.event_date, now.scope, now.name
  having count(*) >= 3
    and 2 * countif(before.dau >= 100) >= count(*)
    and 2 * greatest(
      countif(now.dau >= before.dau * 1.35),
      countif(now.dau <= before.dau * 0.65),
      countif(now.iap_revenue >= before.iap_revenue * 1.875),
      countif(now.iap_revenue <= before.iap_revenue * 0.125),
      countif(now.ad_revenue >= before.ad_revenue * 1.875),
      countif(now.ad_revenue <= before.ad_revenue * 0.125),
      countif(now.matches_per_dau >= before.matches_per_dau * 1.28),
      countif(now.matches_per_dau <= before.matches_per_dau * 0.72),
      countif(now.errors_per_dau >= before.errors_per_dau * 2.75),
      countif(now.win_ratio >= before.win_ratio * 1.175),
      countif(now.win_ratio <= before.win_ratio * 0.825)
    ) >= count(*)
),

pairs as (
  select
    now.*,
    before.dau as dau_before,
    before.share as share_before,
    before.iap_revenue as iap_before,
    before.ad_revenue as ad_before,
    before.matches_per_dau as matches_before,
    before.errors_per_dau as errors_before,
    before.win_ratio as win_before
  from candidates
  join filled as now using (event_date, scope, name)
  join before using (event_date, scope, name)
),

metrics as (
  select 'dau' as metric union all select 'iap' union all select 'ad' union all select 'matches_per_dau'
  union all select 'errors_per_dau' union all select 'win_ratio'
),

figures as (
  select
    event_date,
    scope,
    name,
    dau,
    dau_before,
    share_before,
    metric,
    case metric
      when 'dau' then dau
      when 'iap' then iap_revenue
      when 'ad' then ad_revenue
      when 'matches_per_dau' then matches_per_dau
      when 'errors_per_dau' then errors_per_dau
      else win_ratio
    end as value,
    case metric
      when 'dau' then dau_before
      when 'iap' then iap_before
      when 'ad' then ad_before
      when 'matches_per_dau' then matches_before
      when 'errors_per_dau' then errors_before
      else win_before
    end as value_before
  from pairs
  cross join metrics
),

earlier as (
  select figures.*, count(*) over (partition by event_date, scope, name, metric) as weeks
  from figures
  where value is not null and value_before is not null
),

ranked as (
  select
    earlier.*,
    row_number() over (partition by event_date, scope, name, metric order by value_before) as value_place,
    row_number() over (partition by event_date, scope, name, metric order by dau_before) as dau_place,
    row_number() over (partition by event_date, scope, name, metric order by share_before) as share_place
  from earlier
),

-- A median is the mean of the value in the middle, or of both.
medians as (
  select
    ranked.*,
    avg(case when 2 * value_place between weeks and weeks + 2 then value_before end)
      over (partition by event_date, scope, name, metric) as usual,
    avg(case when 2 * dau_place between weeks and weeks + 2 then dau_before end)
      over (partition by event_date, scope, name, metric) as usual_dau,
    avg(case when 2 * share_place between weeks and weeks + 2 then share_before end)
      over (partition by event_date, scope, name, metric) as usual_share
  from ranked
  where weeks >= 3
),

deviations as (
  select
    medians.*,
    abs(value_before - usual) as deviation,
    row_number() over (
      partition by event_date, scope, name, metric order by abs(value_before - usual)
    ) as place
  from medians
),

spreads as (
  select
    event_date, scope, name, metric, value, dau, weeks, usual, usual_dau, usual_share, avg(deviation) as mad
  from deviations
  where 2 * place between weeks and weeks + 2
  group by event_date, scope, name, metric, value, dau, weeks, usual, usual_dau, usual_share
),

-- What chance does to so few users, and to the median of so few weeks.
noises as (
  select
    spreads.*,
    sqrt(1 + 1.57 / weeks) * case metric
      when 'dau' then sqrt(usual)
      when 'iap' then sqrt(100 * (usual + 100))
      when 'ad' then 2.5 * usual / sqrt(usual_dau)
      when 'matches_per_dau' then 2 * usual / sqrt(usual_dau)
      when 'errors_per_dau' then 2 * sqrt((usual + 1 / usual_dau) / usual_dau)
      else 0.5 / sqrt(usual_dau)
    end as noise
  from spreads
  where usual_dau >= case when metric in ('iap', 'ad') then 1000 else 100 end
),

scaled as (
  select
    noises.*,
    greatest(
      1.4826 * mad,
      noise,
      usual * case metric
        when 'dau' then 0.1
        when 'iap' then 0.25
        when 'ad' then 0.25
        when 'matches_per_dau' then 0.08
        when 'errors_per_dau' then 0.5
        else 0.05
      end
    ) as scale
  from noises
)

select
  event_date,
  scope,
  name,
  metric,
  value,
  usual,
  greatest(usual - 3.5 * scale, 0) as low,
  usual + 3.5 * scale as high,
  safe_divide(value - usual, scale) as score,
  cast(dau as int64) as dau,
  -- A large scope goes before a small one, and a country before the whole that it moves a little.
  safe_divide(abs(value - usual), scale) * sqrt(usual_share) as importance
from scaled
where scale > 0 and abs(value - usual) >= 3.5 * scale
