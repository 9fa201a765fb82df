import { afterAll, describe, expect, it } from "vitest";
import { checks, runChecks } from "./checks.ts";
import { openDuckdb } from "./engines/duckdb/duckdb.ts";
import {
  activeUsersTable,
  clanDailyMetricsTable,
  clanMembershipPeriodsTable,
  cohortMetricsTable,
  dailyMetricsTable,
  membershipCohortsTable,
  membershipMetricsTable,
  rawTable,
} from "./tables/table.ts";
import { begun, type Content, contentWith, faults, window } from "./testing/check-faults.ts";
import { startGoogleSql } from "./testing/googlesql.ts";
import { setRows } from "./testing/rows.ts";

const googleSql = await startGoogleSql();
const duckdb = await openDuckdb(":memory:");
afterAll(() => duckdb.close());
await duckdb.createTables();

/** How many rows each check returns on DuckDB, by its claim, without those that return none. */
async function findOnDuckdb(content: Content): Promise<Record<string, number>> {
  await setRows(duckdb, rawTable, content.user_daily_metrics_raw);
  await setRows(duckdb, dailyMetricsTable, content.daily_metrics);
  await setRows(duckdb, activeUsersTable, content.active_users);
  await setRows(duckdb, cohortMetricsTable, content.cohort_metrics);
  await setRows(duckdb, clanMembershipPeriodsTable, content.clan_membership_periods);
  await setRows(duckdb, clanDailyMetricsTable, content.clan_daily_metrics);
  await setRows(duckdb, membershipMetricsTable, content.membership_metrics);
  await setRows(duckdb, membershipCohortsTable, content.membership_cohorts);
  const results = await runChecks(duckdb, window);
  expect(results.every(({ found, example }) => found > 0 === (example !== undefined))).toBe(true);
  return Object.fromEntries(
    results.filter(({ found }) => found > 0).map(({ claim, found }) => [claim, found]),
  );
}

/** The same in the real GoogleSQL. */
async function findOnGoogleSql(content: Content): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { claim, sql, volume } of checks) {
    const counted = `select coalesce(${volume}, 0) as n from (${sql})`;
    const [row] = await googleSql.evaluate(counted, { tables: { ...content }, days: window });
    if (Number(row?.n) > 0) found[claim] = Number(row?.n);
  }
  return found;
}

describe("in BigQuery's SQL and in DuckDB", () => {
  it.for([
    ["of good rows", contentWith()],
    ["of days that have only begun", contentWith(begun)],
    ["of tables without rows", contentWith({ raw: () => [] })],
  ] as const)("every check holds %s", async ([, content]) => {
    expect(await findOnDuckdb(content as Content)).toEqual({});
    expect(await findOnGoogleSql(content as Content)).toEqual({});
  });

  for (const { claim } of checks) {
    for (const { what, found = 1, also = [], ...fault } of faults[claim] ?? []) {
      it(`"${claim}" finds ${what}, and no other check does without cause`, async () => {
        const content = contentWith(fault);
        const onDuckdb = await findOnDuckdb(content);
        expect(Object.keys(onDuckdb).toSorted()).toEqual([claim, ...also].toSorted());
        expect(onDuckdb[claim]).toBe(found);
        expect(await findOnGoogleSql(content)).toEqual(onDuckdb);
      });
    }
  }
});

it("counts rows and not days, and returns days as dates", async () => {
  const fault = faults["victories and defeats do not exceed the matches ended"]?.[0];
  const { user_daily_metrics_raw: raw, daily_metrics } = contentWith(fault);
  const more = raw.map((row) => ({ ...row, victory_count: Number(row.match_end_count) + 1 }));
  await setRows(
    duckdb,
    rawTable,
    more.filter(({ event_date }) => event_date !== more[8]?.event_date),
  );
  await setRows(duckdb, dailyMetricsTable, daily_metrics);
  const results = await runChecks(duckdb, window);
  const of = (claim: string) => results.find((result) => result.claim === claim);
  expect(of("victories and defeats do not exceed the matches ended")?.found).toBe(80);
  expect(of("no day is missing between the first and the last")?.example).toMatchObject({
    first_day: raw[0]?.event_date,
    last_day: raw.at(-1)?.event_date,
    days: 10,
  });
});

it("every check has a fault to find", () => {
  expect(Object.keys(faults)).toEqual(checks.map(({ claim }) => claim));
  expect(Object.values(faults).every(({ length }) => length > 0)).toBe(true);
});
