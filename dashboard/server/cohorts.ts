import { cohortMetricsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { QueryParameters, Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { addDays } from "../days.ts";
import type { CohortsAnswer } from "./answers.ts";
import type { CohortsQuestion } from "./people-question.ts";

type Week = CohortsAnswer["weeks"][number];

const table = fullName(cohortMetricsTable);

// Not `@to_date + 90`: GoogleSQL has no day after 9999-12-31, and fails.
const reachedDays = "event_date between @from_date and least(@to_date, @today) + 90 and event_date < @today";

/**
 * By week of the install and day n, the sums of the install days whose day n is over and in the data (for revenue, all days from
 * 0 to n): the definitions of the views retention_by_cohort and ltv_by_cohort, for every n, and without days after `until`, which may not be
 * complete.
 */
function cohortsSql({ platform, country }: CohortsQuestion): string {
  const conditions = [
    reachedDays,
    "install_date between @from_date and @to_date",
    ...(platform ? ["platform in (select * from unnest(@platforms))"] : []),
    ...(country ? ["country in (select * from unnest(@countries))"] : []),
  ];
  return `with days as (
  select distinct event_date
  from ${table}
  where ${reachedDays}
),
digits as (
  ${Array.from({ length: 10 }, (_, digit) => `select ${digit} as digit`).join(" union all ")}
),
numbers as (
  select 10 * tens.digit + ones.digit as day_n
  from digits as tens
  cross join digits as ones
  where 10 * tens.digit + ones.digit <= 90
),
metrics as (
  select install_date, day_n, sum(active_users) as active_users, sum(iap_revenue + ad_revenue) as revenue
  from ${table}
  where ${conditions.join("\n    and ")}
  group by install_date, day_n
),
installed as (
  select event_date as install_date
  from days
  where event_date between @from_date and @to_date
),
grid as (
  select
    installed.install_date,
    numbers.day_n,
    reached.event_date is not null as is_reached,
    count(reached.event_date) over cohort = numbers.day_n + 1 as is_whole,
    coalesce(metrics.active_users, 0) as active_users,
    max(case when numbers.day_n = 0 then coalesce(metrics.active_users, 0) end) over cohort as installed_users,
    sum(coalesce(metrics.revenue, 0)) over cohort as revenue
  from installed
  cross join numbers
  left join days as reached on reached.event_date = installed.install_date + numbers.day_n
  left join metrics on metrics.install_date = installed.install_date and metrics.day_n = numbers.day_n
  window cohort as (
    partition by installed.install_date
    order by numbers.day_n
    rows between unbounded preceding and current row
  )
)
select
  date_from_unix_date(unix_date(install_date) - mod(unix_date(install_date) + 3, 7)) as week,
  day_n,
  countif(is_reached) as install_days,
  coalesce(sum(case when is_reached then installed_users end), 0) as installed,
  coalesce(sum(case when is_reached then active_users end), 0) as active,
  countif(is_whole) as whole_install_days,
  coalesce(sum(case when is_whole then installed_users end), 0) as whole_installed,
  coalesce(cast(sum(case when is_whole then revenue end) as float64), 0) as revenue
from grid
group by week, day_n
order by week, day_n`;
}

const columns = [
  "install_days",
  "installed",
  "active",
  "whole_install_days",
  "whole_installed",
  "revenue",
] as const;

/** What became of the installs of these days, by week; only days before `today` are over, and those to `until` complete. */
export async function readCohorts(
  warehouse: Warehouse,
  question: CohortsQuestion,
  today: string,
): Promise<Week[]> {
  const { from, to, until = today, platform, country } = question;
  const parameters: QueryParameters = {
    from_date: from,
    to_date: to,
    today: until < today ? addDays(until, 1) : today,
    ...(platform && { platforms: [platform] }),
    ...(country && { countries: country }),
  };
  const rows = await warehouse.query(cohortsSql(question), parameters);
  return [...Map.groupBy(rows, ({ week }) => String(week))].map(([week, ofWeek]) => toWeek(week, ofWeek));
}

const toWeek = (week: string, rows: Row[]): Week =>
  ({
    week,
    ...Object.fromEntries(columns.map((name) => [name, rows.map((row) => Number(row[name]))])),
  }) as Week;
