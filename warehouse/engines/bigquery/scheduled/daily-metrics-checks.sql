-- The scheduled query daily_metrics_checks: one statement over all checks that fail a run. It raises an error that names
-- each violated claim and the number of rows. Checks that only warn are left to `npm run validate`.
with results as (
{{results}}
)

select
  if(
    countif(found > 0) = 0,
    concat(cast(count(*) as string), ' checks hold'),
    error(string_agg(if(found > 0, concat(claim, ' (', cast(found as string), ' rows)'), null), '; '))
  ) as outcome
from results
