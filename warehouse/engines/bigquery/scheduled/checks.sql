-- The scheduled queries daily_metrics_checks and daily_metrics_warnings: one statement over all checks of a severity. It raises an
-- error that names each violated claim and the number of rows.
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
