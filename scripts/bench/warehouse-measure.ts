import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import {
  dailyMetricsQuery,
  replaceDays,
} from "@clan-platform/warehouse/tables/daily_metrics/replace-days.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { replacingDays } from "@clan-platform/warehouse/tables/replacing-days.ts";
import { clanMembershipPeriodsTable } from "@clan-platform/warehouse/tables/table.ts";
import { withParameters } from "@clan-platform/warehouse/templates.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { median } from "./statistics.ts";
import type { Measurement } from "./warehouse-measured.ts";

/** MAU of a day, of every country and platform, with roll-ups, as one would write it. */
const countByHand = `create or replace temp table bare as
  select country, platform, count(distinct user_id) as mau
  from clan_case_raw.user_daily_metrics_raw
  where event_date between cast(@day as date) - 29 and @day
  group by grouping sets ((country, platform), (country), (platform), ())`;

// `node warehouse-measure.ts WHAT FILE [PARTS|TABLES|DAYS]` does one thing in a DuckDB file and prints its duration in seconds, the
// median of three where it can be repeated. Each in a process of its own, so that all start from the same state.
const [what = "", file = "", parts = ""] = process.argv.slice(2);
const warehouse = await openDuckdb(file);
console.log(await measurements(what)());
await warehouse.close();

function measurements(what: string): () => Promise<number> {
  const all: Record<Measurement, () => Promise<number>> = {
    "read-csv": () =>
      timeOnce(async () => {
        // By default, a new file has one.
        await warehouse.write({ sql: "reset threads" });
        await warehouse.write({ sql: `create table bare as from read_csv('${parts}/*.csv.gz')` });
        await warehouse.write({ sql: "checkpoint" });
      }),
    query: () =>
      timeThrice(async (days) =>
        warehouse.write({
          sql: `create or replace temp table bare as ${dailyMetricsQuery}`,
          parameters: days,
        }),
      ),
    "replace-days": () => timeThrice((days) => warehouse.write(replaceDays(days))),
    "replace-3-days": () => timeThrice((days) => warehouse.write(replaceDays(lastThree(days)))),
    "refresh-a-day": () => timeThrice(({ to_date }) => refresh({ from_date: to_date, to_date })),
    "refresh-weeks-before": () => timeOnce(refreshWeeksBefore),
    refresh: () => timeOnce(async () => refresh(await coveredDays(warehouse))),
    "count-by-hand": countThirtyDaysByHand,
    "join-clans": () => timeOnce(() => joinClans(warehouse)),
    grow: () => timeOnce(() => growTo(warehouse, Number(parts))),
  };
  return all[what as Measurement] ?? (() => Promise.reject(new Error(`unknown measurement ${what}`)));
}

async function timeOnce(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}

async function timeThrice(work: (days: DateRange) => Promise<unknown>): Promise<number> {
  const days = await coveredDays(warehouse);
  const times: number[] = [];
  for (let time = 0; time < 3; time++) times.push(await timeOnce(() => work(days)));
  return median(times);
}

/**
 * MAU of 30 days by hand. Three of them stand for all: the windows of the 5th, 15th and 25th day of the data have as many days
 * on average as those of all 30 (15 of 15.5), and one takes as long as its days.
 */
async function countThirtyDaysByHand(): Promise<number> {
  const { from_date } = await coveredDays(warehouse);
  const ofThree = await timeOnce(async () => {
    for (const nth of [5, 15, 25])
      await warehouse.write({ sql: countByHand, parameters: { day: addDays(from_date, nth - 1) } });
  });
  return ofThree * 10;
}

/** Replaces days of the tables whose names are given, separated by commas. */
async function refresh(parameters: DateRange): Promise<void> {
  const names = parts.split(",");
  for (const { table, query } of derivedTables.filter(({ table }) => names.includes(table.name))) {
    const sql = withParameters(replacingDays(table, query.template));
    await warehouse.write({ sql, parameters, writes: table });
  }
}

/** Replaces the same weekday of the four weeks before the last day, with which clan_daily_metrics compares it. */
async function refreshWeeksBefore(): Promise<void> {
  const { to_date } = await coveredDays(warehouse);
  for (const days of [28, 21, 14, 7]) {
    const day = addDays(to_date, -days);
    await refresh({ from_date: day, to_date: day });
  }
}

/** Lets six of ten players join one of a million clans, on one of the 90 days before the last. */
async function joinClans(warehouse: Warehouse): Promise<void> {
  const { to_date } = await coveredDays(warehouse);
  await warehouse.write({
    sql: `insert into clan_case_raw.clan_membership_periods
      select
        row_number() over (), user_id, cast(hash(user_id) % 1000000 as varchar),
        day::timestamptz + interval '12 hours', null, day, null, null
      from (
        select distinct user_id, date '${to_date}' - cast(hash(user_id, 1) % 90 as integer) as day
        from clan_case_raw.user_daily_metrics_raw
        where event_date between date '${to_date}' - 29 and date '${to_date}' and hash(user_id, 2) % 10 < 6
      ) as players`,
    writes: clanMembershipPeriodsTable,
  });
}

function lastThree({ to_date }: DateRange): DateRange {
  return { from_date: addDays(to_date, -2), to_date };
}

/** The rows of 30 days again for each of the months before, until there are so many days. */
async function growTo(warehouse: Warehouse, days: number): Promise<void> {
  const covered = await coveredDays(warehouse);
  for (let month = 1; month < days / 30; month++) {
    await warehouse.write({
      sql: `insert into clan_case_raw.user_daily_metrics_raw
       select * replace (event_date - ${30 * month} as event_date, install_date - ${30 * month} as install_date)
       from clan_case_raw.user_daily_metrics_raw
       where event_date between @from_date and @to_date`,
      parameters: covered,
    });
  }
}
