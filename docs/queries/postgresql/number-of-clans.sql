-- How many clans are there, in all and by region? The first row is all of them.
select
  case when grouping(region) = 1 then 'all' else coalesce(region, 'none') end as region,
  count(*) as clans,
  min(created_at) as first_created,
  max(created_at) as last_created
from clans
group by rollup (region)
order by grouping(region) desc, clans desc, region;
