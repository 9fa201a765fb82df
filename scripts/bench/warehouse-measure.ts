import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import {
  dailyMetricsQuery,
  replaceDays,
} from "@clan-platform/warehouse/tables/daily_metrics/replace-days.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { median } from "./statistics.ts";

// `node warehouse-measure.ts WHAT FILE [PARTS]` does one thing in a DuckDB file and prints its duration in seconds, the
// median of three where it can be repeated. Each in a process of its own, so that all start from the same state.
const [what = "", file = "", parts = ""] = process.argv.slice(2);
const warehouse = await openDuckdb(file);
console.log(await measurements(what)());
await warehouse.close();

function measurements(what: string): () => Promise<number> {
  const all: Record<string, () => Promise<number>> = {
    "read-csv": () =>
      timeOnce(async () => {
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
    "grow-to-360-days": () => timeOnce(() => growTo360Days(warehouse)),
  };
  return all[what] ?? (() => Promise.reject(new Error(`unknown measurement ${what}`)));
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

function lastThree({ to_date }: DateRange): DateRange {
  return { from_date: addDays(to_date, -2), to_date };
}

/** The rows of 30 days again for each of eleven months before. */
async function growTo360Days(warehouse: Warehouse): Promise<void> {
  const days = await coveredDays(warehouse);
  for (let month = 1; month < 12; month++) {
    await warehouse.write({
      sql: `insert into clan_case_raw.user_daily_metrics_raw
       select * replace (event_date - ${30 * month} as event_date, install_date - ${30 * month} as install_date)
       from clan_case_raw.user_daily_metrics_raw
       where event_date between @from_date and @to_date`,
      parameters: days,
    });
  }
}
