import { afterAll, describe, expect, it } from "vitest";
import { type Check, checks, runCheck, runChecks } from "./checks.ts";
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
  type Table,
} from "./tables/table.ts";
import { begun, type Content, contentWith, faults, window } from "./testing/check-faults.ts";
import { startGoogleSql } from "./testing/googlesql.ts";
import { setRows } from "./testing/rows.ts";
import type { Row } from "./warehouse.ts";

const googleSql = await startGoogleSql();
const duckdb = await openDuckdb(":memory:");
afterAll(() => duckdb.close());
await duckdb.createTables();

type Counted = Map<string, number>;
const [onDuckdbBefore, onGoogleSqlBefore]: [Counted, Counted] = [new Map(), new Map()];

/**
 * How many rows each check returns, by its claim, without those that return none. A check is not run again on the same rows of
 * all tables that its query names: a fault leaves most of them as they were.
 */
async function findWith(
  count: (check: Check) => Promise<number>,
  before: Counted,
  content: Content,
): Promise<Record<string, number>> {
  const texts = Object.entries(content).map(([name, rows]) => [name, JSON.stringify(rows)] as const);
  const found: Record<string, number> = {};
  for (const check of checks) {
    const read = texts.filter(([name]) => new RegExp(`\\b${name}\\b`).test(check.sql));
    expect(read.length).toBeGreaterThan(0);
    const key = JSON.stringify([check.claim, read]);
    const counted = before.get(key) ?? (await count(check));
    before.set(key, counted);
    if (counted > 0) found[check.claim] = counted;
  }
  return found;
}

const present = new Map<Table, string>();

async function setChangedRows(table: Table, rows: Row[]): Promise<void> {
  const text = JSON.stringify(rows);
  if (present.get(table) !== text) await setRows(duckdb, table, rows);
  present.set(table, text);
}

async function findOnDuckdb(content: Content): Promise<Record<string, number>> {
  await setChangedRows(rawTable, content.user_daily_metrics_raw);
  await setChangedRows(dailyMetricsTable, content.daily_metrics);
  await setChangedRows(activeUsersTable, content.active_users);
  await setChangedRows(cohortMetricsTable, content.cohort_metrics);
  await setChangedRows(clanMembershipPeriodsTable, content.clan_membership_periods);
  await setChangedRows(clanDailyMetricsTable, content.clan_daily_metrics);
  await setChangedRows(membershipMetricsTable, content.membership_metrics);
  await setChangedRows(membershipCohortsTable, content.membership_cohorts);
  const count = async (check: Check) => {
    const { found, example } = await runCheck(duckdb, check, window);
    expect(found > 0).toBe(example !== undefined);
    return found;
  };
  return findWith(count, onDuckdbBefore, content);
}

/** The same in the real GoogleSQL. */
async function findOnGoogleSql(content: Content): Promise<Record<string, number>> {
  const count = async ({ sql, volume }: Check) => {
    const counted = `select coalesce(${volume}, 0) as n from (${sql})`;
    const [row] = await googleSql.evaluate(counted, { tables: { ...content }, days: window });
    return Number(row?.n);
  };
  return findWith(count, onGoogleSqlBefore, content);
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
