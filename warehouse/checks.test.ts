import { afterAll, describe, expect, it } from "vitest";
import { type Check, checks, runCheck, runChecks } from "./checks.ts";
import { addDays } from "./days.ts";
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
import { openInMemory } from "./testing/in-memory.ts";
import { setRows } from "./testing/rows.ts";
import type { Row } from "./warehouse.ts";

const googleSql = await startGoogleSql();
const duckdb = await openInMemory();
afterAll(() => duckdb.close());

type Counted = Map<string, number>;
const [onDuckdbBefore, onGoogleSqlBefore]: [Counted, Counted] = [new Map(), new Map()];

/**
 * How many rows each check returns, by its claim, without those that return none. A check is not run again on the same rows of
 * all tables that its query names: a fault leaves most of them as they were.
 */
async function findWith(
  count: (changed: Check[]) => Promise<number[]>,
  before: Counted,
  content: Content,
): Promise<Record<string, number>> {
  const texts = Object.entries(content).map(([name, rows]) => [name, JSON.stringify(rows)] as const);
  const keys = new Map(
    checks.map((check) => {
      const read = texts.filter(([name]) => new RegExp(`\\b${name}\\b`).test(check.sql));
      expect(read.length).toBeGreaterThan(0);
      return [check, JSON.stringify([check.claim, read])];
    }),
  );
  const changed = checks.filter((check) => !before.has(keys.get(check) ?? ""));
  const counted = await count(changed);
  changed.forEach((check, at) => void before.set(keys.get(check) ?? "", counted[at] ?? Number.NaN));
  const found = checks.map(({ claim }, at) => [claim, before.get([...keys.values()][at] ?? "")] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, number] => entry[1] !== 0));
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
  const count = async (changed: Check[]) => {
    const counted: number[] = [];
    for (const check of changed) {
      const { found, example } = await runCheck(duckdb, check, window);
      expect(found > 0).toBe(example !== undefined);
      counted.push(found);
    }
    return counted;
  };
  return findWith(count, onDuckdbBefore, content);
}

/** The same in the real GoogleSQL, in one query: it takes as long to hand over the rows as to run many checks. */
async function findOnGoogleSql(content: Content): Promise<Record<string, number>> {
  const count = async (changed: Check[]) => {
    if (changed.length === 0) return [];
    const columns = changed.map(
      ({ sql, volume }, at) => `(select coalesce(${volume}, 0) from (${sql})) as n${at}`,
    );
    const sql = `select ${columns.join(",\n")}`;
    const [row = {}] = await googleSql.evaluate(sql, { tables: { ...content }, days: window });
    return changed.map((_, at) => Number(row[`n${at}`]));
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
  expect(of("no day is missing between the first and the last")).toMatchObject({
    found: 1,
    example: {
      event_date: addDays(more[8]?.event_date ?? "", 1),
      last_day_before: addDays(more[8]?.event_date ?? "", -1),
    },
  });
});

it("every check has a fault to find", () => {
  expect(Object.keys(faults)).toEqual(checks.map(({ claim }) => claim));
  expect(Object.values(faults).every(({ length }) => length > 0)).toBe(true);
});
