import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { dailyMetricsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { Browser } from "playwright-core";
import { dataOfALoad, filterChange, loadOfDays } from "./dashboard-page.ts";
import { startDashboard } from "./dashboard-process.ts";
import type { Ratio } from "./ratios.ts";
import { residentMegabytes } from "./resident-memory.ts";
import { median } from "./statistics.ts";

const lastDay = "2026-03-31";
const years = { days: 1_095, from: addDays(lastDay, -1_094) };
const month = { days: 30, from: addDays(lastDay, -29) };
const rounds = 15;
const questions = 200;
const pauseMs = 300;

/** What a page that shows all days of three years requests. */
const firstLoad = ["by=", "by=day", "by=day,platform&grain=week", "by=platform", "by=country"].map(
  (parameters) => `figures?${parameters}&from=${years.from}&to=${lastDay}`,
);

/** Every kind of question; their days, and some filters, make them different. */
const kinds = [
  "by=",
  "by=day",
  "by=day,platform",
  "by=country",
  "by=country,platform",
  "by=day&country=C1,C2,C3",
  "by=day,country&grain=month&platform=IOS",
  "by=day,country&grain=week",
];

/** The dashboard's server on three years × 190 countries × 2 platforms, as ratios. */
export async function volume(folder: string, openBrowser: () => Promise<Browser>): Promise<Ratio[]> {
  console.log(`  Filling daily_metrics with ${years.days} and with ${month.days} days …`);
  await createWarehouse(join(folder, "years"), years.days);
  await createWarehouse(join(folder, "month"), month.days);
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const ofYears = await startDashboard(join(folder, "years"));
    stops.push(ofYears.stop);
    const ofMonth = await startDashboard(join(folder, "month"));
    stops.push(ofMonth.stop);
    console.log(`  Asking it ${questions} questions …`);
    const ratios = [await dataOfFirstLoad(ofYears.address), await time(ofYears.address, ofMonth.address)];
    const resident = await memory(ofYears.address, ofYears.pid);
    console.log("  Loading the page, and changing filters …");
    const browser = await openBrowser();
    return [
      ...ratios,
      resident,
      await dataOfALoad(browser, ofYears.address),
      await loadOfDays(browser, ofYears.address, "first page load at three years relative to 30 days", {
        many: (visit) => ({ from: addDays(years.from, visit), to: lastDay }),
        few: (visit) => ({ from: addDays(month.from, -visit), to: addDays(lastDay, -visit) }),
      }),
      await filterChange(browser, ofYears.address),
    ];
  } finally {
    for (const stop of stops) await stop();
  }
}

async function createWarehouse(folder: string, days: number): Promise<void> {
  const warehouse = await openDuckdb(join(folder, "warehouse", "warehouse.duckdb"));
  await warehouse.createTables();
  await fill(warehouse, days);
  await warehouse.close();
}

/** Rows of daily_metrics alone: 265 million raw rows would bring the same. */
export async function fill(warehouse: Warehouse, days: number): Promise<void> {
  await warehouse.write({
    // A column that is added to the table, and not here, is null.
    sql: `insert into ${fullName(dailyMetricsTable)} by name
select day as event_date, 'C' || country as country, platform, dau,
  cast(dau * paid as decimal(38, 9)) as total_iap_revenue, cast(dau * paid / 4 as decimal(38, 9)) as total_ad_revenue,
  dau * 4 as matches_started, dau * 3 as matches_ended, cast(dau * 1.5 as bigint) as victories, dau as defeats,
  cast(dau * paid / 5 as bigint) as server_connection_errors, cast(dau * paid / 20 as bigint) as payers,
  cast(dau * paid / 10 as bigint) as new_users, dau * 2 as total_sessions, dau * 600 as total_session_duration
from (
  select cast(day as date) as day, country, platform,
    cast(1 + hash(country, platform) % 1000 + hash(day, country, platform) % 100 as bigint) as dau,
    (hash(country, platform, day) % 1000000007) / 1e9 as paid
  from range(date '${lastDay}' - ${days - 1}, date '${lastDay}' + 1, interval 1 day) as days(day),
    range(190) as countries(country),
    unnest(['ANDROID', 'IOS']) as platforms(platform)
)
-- As runs write them, day after day.
order by event_date`,
    writes: dailyMetricsTable,
  });
}

/** Bytes of the bodies as Brotli, which the server keeps them in. */
async function dataOfFirstLoad(address: string): Promise<Ratio> {
  let bytes = 0;
  for (const path of ["days", "freshness", "checks", ...firstLoad])
    bytes += await sizeOf(`${address}/api/${path}`);
  return {
    what: "figures of a first load at three years relative to 100 kB",
    ours: `${Math.round(bytes / 1_000)} kB`,
    against: "100 kB",
    ratio: bytes / 100_000,
  };
}

/** The time of figures by day and by country that the server does not have yet. */
async function time(ofYears: string, ofMonth: string): Promise<Ratio> {
  const [years3, days30]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [times, address, from] of [
      [days30, ofMonth, month.from],
      [years3, ofYears, years.from],
    ] as const) {
      // As a person leaves it: a server that is asked without end lets commands get in between.
      await delay(pauseMs);
      times.push(await timeOf(address, from, round));
    }
  }
  return {
    what: "figures by day, by platform and by country at three years relative to 30 days",
    ours: `${median(years3).toFixed(0)} ms`,
    against: `${median(days30).toFixed(0)} ms`,
    ratio: median(years3) / median(days30),
  };
}

/** Each round has another last day, on which there is no data, so that none gets the answer of another. */
async function timeOf(address: string, from: string, round: number): Promise<number> {
  const to = addDays(lastDay, 1 + round);
  const startedAt = performance.now();
  await Promise.all(
    ["day", "platform", "country"].map((by) =>
      sizeOf(`${address}/api/figures?from=${from}&to=${to}&by=${by}`),
    ),
  );
  return performance.now() - startedAt;
}

/** Resident memory of the server's process, with DuckDB's, after all questions. */
async function memory(address: string, pid: number | undefined): Promise<Ratio> {
  let highest = 0;
  for (let question = 0; question < questions; question++) {
    const from = addDays(years.from, question);
    await sizeOf(`${address}/api/figures?${kinds[question % kinds.length]}&from=${from}&to=${lastDay}`);
    highest = Math.max(highest, residentMegabytes(pid));
  }
  return {
    what: `the server's resident memory after ${questions} questions relative to 300 MB`,
    ours: `${residentMegabytes(pid).toFixed(0)} MB (at most ${highest.toFixed(0)})`,
    against: "300 MB",
    ratio: residentMegabytes(pid) / 300,
  };
}

async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { "accept-encoding": "br" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return Number(response.headers.get("content-length"));
}
