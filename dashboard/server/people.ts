import { activeUsersTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { PeopleAnswer } from "./answers.ts";
import type { PeopleQuestion } from "./people-question.ts";

const peopleSql = `select
  event_date,
  dau,
  wau,
  mau,
  new_users,
  returning_users,
  resurrected_users,
  payers
from ${fullName(activeUsersTable)}
where event_date between @from_date and @to_date
  and country in (select * from unnest(@countries))
  and platform in (select * from unnest(@platforms))
order by event_date`;

/** Distinct users of each day, of a country and platform or of all. */
export async function readPeople(
  warehouse: Warehouse,
  { from, to, country, platform }: PeopleQuestion,
): Promise<PeopleAnswer["days"]> {
  const rows = await warehouse.query(peopleSql, {
    from_date: from,
    to_date: to,
    countries: [country ?? "ALL"],
    platforms: [platform ?? "ALL"],
  });
  return rows.map(({ event_date, ...counts }) => ({ day: event_date, ...counts }) as PeopleAnswer["days"][0]);
}
