import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { recomputeDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import {
  activeUsersTable,
  cohortMetricsTable,
  fullName,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import { connectionTo, project, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { insertRows, rawRow, setRows } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFixture } from "../testing/fixture.ts";
import { CohortsAnswer, PeopleAnswer } from "./answers.ts";
import { buildDashboard } from "./app.ts";
import { bigquerySource } from "./bigquery-source.ts";
import { localSource } from "./local-source.ts";
import type { Source } from "./source.ts";

const user = (user_id: string, event_date: string, others: Record<string, unknown> = {}) =>
  rawRow({
    user_id,
    event_date,
    install_date: "2024-03-04",
    country: "TR",
    platform: "IOS",
    iap_revenue: "1.50",
    ad_revenue: "0.25",
    ...others,
  });

// Two install days of a week; the second has no day after its first. The 6th has no row of anybody.
const rows = [
  user("a", "2024-03-04"),
  user("b", "2024-03-04", { platform: "ANDROID" }),
  user("a", "2024-03-05"),
  user("a", "2024-03-05", { platform: "ANDROID", country: "DE" }),
  user("c", "2024-03-07", { install_date: "2024-03-07" }),
  user("a", "2024-03-07"),
];

const fixture = await makeFixture([]);
const warehouse = await openDuckdb(fixture.path);
await setRows(warehouse, rawTable, rows);
await recomputeDays(warehouse, { from_date: "2024-03-01", to_date: "2024-03-07" });
await warehouse.close();

async function start(source: Source = localSource(fixture.path)) {
  const app = await buildDashboard({ source });
  onTestFinished(() => app.close());
  return (url: string) => app.inject({ url, headers: { host: "localhost:8081" } });
}

const days = "from=2024-03-04&to=2024-03-07";

/** What the first `count` entries of a week's lists are. */
const firstOf = ({ week, ...lists }: CohortsAnswer["weeks"][number], count: number) => ({
  week,
  ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.slice(0, count)])),
});

describe("people", () => {
  it("are distinct: of all, or of one country and platform", async () => {
    const request = await start();
    const people = async (others = "") =>
      PeopleAnswer.parse((await request(`/api/people?${days}${others}`)).json()).days.map(
        ({ day, dau, wau, mau, new_users }) => [day.slice(-2), dau, wau, mau, new_users],
      );
    expect(await people()).toEqual([
      ["04", 2, 2, 2, 2],
      ["05", 1, 2, 2, 0],
      ["07", 2, 3, 3, 1],
    ]);
    expect(await people("&platform=ANDROID")).toEqual([
      ["04", 1, 1, 1, 1],
      ["05", 1, 2, 2, 0],
      ["07", 0, 2, 2, 0],
    ]);
    expect(await people("&platform=ANDROID&country=DE")).toEqual([
      ["05", 1, 1, 1, 0],
      ["07", 0, 1, 1, 0],
    ]);
  });

  it.each([
    "/api/people?from=2024-03-05&to=2024-03-04",
    "/api/people?from=2024-03-05",
    "/api/people?platform=X",
  ])("refuses %s", async (url) => {
    const response = await (await start())(url);
    expect(response.statusCode).toBe(400);
  });
});

const week = {
  week: "2024-03-04",
  // The 4th has its day 1 and day 3, and no day 2, which is missing; the 7th has its day 0 alone.
  install_days: [3, 1, 1, 1],
  installed: [3, 2, 0, 2],
  active: [3, 2, 0, 1],
  whole_install_days: [3, 1, 0, 0],
  whole_installed: [3, 2, 0, 0],
  revenue: [5.25, 7, 0, 0],
};

describe("cohorts", () => {
  it("count an install day for day n only if that day is over and in the data, and revenue only without a gap", async () => {
    const request = await start();
    const { weeks } = CohortsAnswer.parse((await request(`/api/cohorts?${days}`)).json());
    expect(weeks.map((found) => firstOf(found, 4))).toEqual([week]);
    expect(weeks[0]?.active).toHaveLength(91);
  });

  it("end with the last complete day: those who are to come back on the next one have not left", async () => {
    const request = await start();
    const { weeks } = CohortsAnswer.parse((await request(`/api/cohorts?${days}&until=2024-03-06`)).json());
    expect(weeks.map((found) => firstOf(found, 4))).toMatchObject([
      // The 7th is neither an install day nor the day 3 of the 4th.
      { install_days: [2, 1, 0, 0], active: [expect.anything(), 2, 0, 0] },
    ]);
    const { weeks: later } = CohortsAnswer.parse(
      (await request(`/api/cohorts?${days}&until=9999-12-31`)).json(),
    );
    expect(later.map((found) => firstOf(found, 4))).toEqual([week]);
  });

  it("are those of the chosen countries and platform, over the install days of all", async () => {
    const request = await start();
    const { weeks } = CohortsAnswer.parse(
      (await request(`/api/cohorts?${days}&country=DE,TR&platform=IOS`)).json(),
    );
    expect(weeks.map((found) => firstOf(found, 2))).toMatchObject([
      { install_days: [3, 1], installed: [2, 1], active: [2, 1], revenue: [3.5, 3.5] },
    ]);
  });

  it("are those of the views for Looker, added up", async () => {
    const request = await start();
    const { weeks } = CohortsAnswer.parse((await request(`/api/cohorts?${days}`)).json());
    const retention = await fixture.query(
      `select cast(cohort_week as string) as week, day_n, max(install_days) as install_days,
        sum(users_on_day_0)::double as installed, sum(active_users)::double as active
      from clan_case_analytics.retention_by_cohort group by all order by all`,
    );
    const ltv = await fixture.query(
      `select cast(cohort_week as string) as week, day_n, max(install_days) as install_days,
        sum(users_on_day_0)::double as installed, sum(iap_revenue + ad_revenue)::double as revenue
      from clan_case_analytics.ltv_by_cohort group by all order by all`,
    );
    expect(retention.length).toBeGreaterThan(2);
    const at = (row: Row) => {
      const found = weeks.find(({ week }) => week === row.week);
      const n = Number(row.day_n);
      return (name: Exclude<keyof CohortsAnswer["weeks"][number], "week">) => found?.[name][n];
    };
    for (const row of retention) {
      const value = at(row);
      expect([value("install_days"), value("installed"), value("active")]).toEqual([
        Number(row.install_days),
        row.installed,
        row.active,
      ]);
    }
    for (const row of ltv) {
      const value = at(row);
      expect([value("whole_install_days"), value("whole_installed"), value("revenue")]).toEqual([
        Number(row.install_days),
        row.installed,
        row.revenue,
      ]);
    }
  });

  it("are the same on BigQuery", async () => {
    const server = await startBigquery();
    onTestFinished(() => server.close());
    const bigquery = await openBigquery(connectionTo(server));
    await bigquery.createTables();
    const local = await openDuckdb(fixture.path);
    for (const table of [activeUsersTable, cohortMetricsTable]) {
      const content = await local.query(`select * from ${fullName(table)}`);
      await insertRows(bigquery, table, content);
    }
    await local.close();
    const request = await start(bigquerySource(project, bigquery));
    const weeks = CohortsAnswer.parse((await request(`/api/cohorts?${days}`)).json()).weeks;
    expect(weeks.map((found) => firstOf(found, 4))).toEqual([week]);
    expect(PeopleAnswer.parse((await request(`/api/people?${days}`)).json()).days).toHaveLength(3);
  });
});

it("there are none while there is no warehouse", async () => {
  const request = await start(localSource("/nonexistent/warehouse.duckdb"));
  expect((await request(`/api/people?${days}`)).json()).toEqual({ version: null, isHeld: false, days: [] });
  expect((await request(`/api/cohorts?${days}`)).json()).toEqual({ version: null, isHeld: false, weeks: [] });
});
