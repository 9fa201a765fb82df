import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import {
  clanDailyMetricsTable,
  clansTable,
  dailyMetricsTable,
  fullName,
  membershipCohortsTable,
  membershipMetricsTable,
} from "@clan-platform/warehouse/tables/table.ts";
import { connectionTo, project, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { insertRows } from "@clan-platform/warehouse/testing/rows.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  clanPeriods,
  clanRows,
  clanStates,
  deletedClanDay,
  firstClanDay,
  lastClanDay,
} from "../testing/clan-fixture.ts";
import { makeFixture } from "../testing/fixture.ts";
import { FiguresAnswer } from "./answers.ts";
import { buildDashboard } from "./app.ts";
import { bigquerySource } from "./bigquery-source.ts";
import { ClanAnswer, ClansAnswer, FoundClansAnswer, MembershipRetentionAnswer } from "./clan-answers.ts";
import { localSource } from "./local-source.ts";
import type { Source } from "./source.ts";

const fixture = await makeFixture(clanRows, { periods: clanPeriods, states: clanStates });
const days = `from=${firstClanDay}&to=${lastClanDay}`;

async function start(source: Source = localSource(fixture.path)) {
  const app = await buildDashboard({ source });
  onTestFinished(() => app.close());
  return async (url: string) => {
    const response = await app.inject({ url, headers: { host: "localhost:8081" } });
    expect([url, response.statusCode]).toEqual([url, 200]);
    return response.json();
  };
}

/** BigQuery with the same tables. */
async function bigqueryOf(): Promise<Source> {
  const server = await startBigquery();
  onTestFinished(() => server.close());
  const bigquery = await openBigquery(connectionTo(server));
  await bigquery.createTables();
  const local = await openDuckdb(fixture.path);
  for (const table of [
    dailyMetricsTable,
    clanDailyMetricsTable,
    clansTable,
    membershipMetricsTable,
    membershipCohortsTable,
  ])
    await insertRows(bigquery, table, await local.query(`select * from ${fullName(table)}`));
  await local.close();
  return bigquerySource(project, bigquery);
}

describe.each([
  ["DuckDB", async () => localSource(fixture.path)],
  ["BigQuery", bigqueryOf],
])("on %s", (_, sourceOf) => {
  it("clans of the last day by health, and who is growing or fading", async () => {
    const request = await start(await sourceOf());
    const answer = ClansAnswer.parse(await request(`/api/clans?${days}`));
    expect([answer.day, answer.hasClans]).toEqual([lastClanDay, true]);
    const before = ClansAnswer.parse(await request("/api/clans?from=2020-01-01&to=2020-01-31"));
    expect([before.day, before.hasClans]).toEqual([null, true]);
    expect(answer.health.toSorted((a, b) => a.health.localeCompare(b.health))).toEqual([
      { health: "dead", clans: 1, members: 4, weekly_active_members: 0 },
      { health: "growing", clans: 1, members: 1, weekly_active_members: 1 },
      { health: "steady", clans: 1, members: 10, weekly_active_members: 10 },
    ]);
    expect(answer.growing).toEqual([
      {
        ...{
          day: lastClanDay,
          clan_id: "wolves",
          name: "Lone Wolves",
          region: "EU",
          members: 1,
          weekly_active_members: 1,
        },
        ...{ activity_trend: null, days_since_join: 6 },
      },
    ]);
    expect(answer.fading).toEqual([]);
  });

  it("clans by a part of the name, case-insensitive, or by id; no text is a pattern", async () => {
    const request = await start(await sourceOf());
    const found = async (text: string) => {
      const answer = await request(`/api/found-clans?${days}&text=${encodeURIComponent(text)}`);
      return FoundClansAnswer.parse(answer).clans.map(({ clan_id, name, members }) => [
        clan_id,
        name,
        members,
      ]);
    };
    expect(await found("wOL")).toEqual([["wolves", "Lone Wolves", 1]]);
    expect(await found(" OWLS ")).toEqual([["owls", "Night Owls", 10]]);
    expect((await found("o")).map(([id]) => id)).toEqual(["owls", "ghosts", "wolves"]);
    for (const text of ["%", "_", "'", "\\", "night_owls", "$text", "@text"])
      expect(await found(text)).toEqual([]);
  });

  it("a clan by day", async () => {
    const request = await start(await sourceOf());
    const { days: found } = ClanAnswer.parse(await request(`/api/clan?${days}&id=owls`));
    expect(found).toHaveLength(30);
    expect(found.at(-1)).toMatchObject({
      ...{ day: lastClanDay, name: "Night Owls", members: 10, active_members: 10, joins: 0, leaves: 0 },
      ...{ matches_started: 40, victories: 30, health: "steady" },
    });
    expect(Number(found.at(-1)?.revenue)).toBe(6);
    expect(ClanAnswer.parse(await request(`/api/clan?${days}&id=none`)).days).toEqual([]);
  });

  it("when a clan was deleted, where the raw dataset may be read", async () => {
    const source = await sourceOf();
    const request = await start(source);
    const deletedDate = async (id: string, ask = request) =>
      ClanAnswer.parse(await ask(`/api/clan?${days}&id=${id}`)).deleted_date;
    expect(await deletedDate("bears")).toBe(deletedClanDay);
    expect(await deletedDate("owls")).toBeNull();
    expect(await deletedDate("none")).toBeNull();
    expect(await deletedDate("bears", await start({ ...source, analyticsOnly: true }))).toBeNull();
  });

  it("retention of those whose day n was in the period", async () => {
    const request = await start(await sourceOf());
    const { groups } = MembershipRetentionAnswer.parse(await request(`/api/membership-retention?${days}`));
    const shares = groups.map(({ day_n, comparison, membership, users, retained }) => [
      ...[day_n, comparison, membership, users, retained],
    ]);
    // The data has no day 30 of the installs: its last day is day 29. Ghosts joined on day 8, after all.
    expect(shares).toEqual([
      [14, "active_on_day_7", "in_clan", 10, 10],
      [14, "active_on_day_7", "no_clan", 6, 1],
      [14, "all", "in_clan", 10, 10],
      [14, "all", "no_clan", 10, 1],
    ]);
    for (const { users, retained, low, high } of groups) {
      expect(low).toBeLessThanOrEqual(retained / users);
      expect(high).toBeGreaterThanOrEqual(retained / users);
    }
    const early = MembershipRetentionAnswer.parse(
      await request(`/api/membership-retention?from=${firstClanDay}&to=${firstClanDay}`),
    );
    expect(early.groups).toEqual([]);
  });

  it("figures by membership add up to those of all", async () => {
    const request = await start(await sourceOf());
    const split = FiguresAnswer.parse(await request(`/api/figures?${days}&by=membership`));
    const all = FiguresAnswer.parse(await request(`/api/figures?${days}`));
    expect(split.groups.membership).toEqual(["in_clan", "no_clan"]);
    for (const [name, [total]] of Object.entries(all.sums)) {
      const parts = split.sums[name as keyof typeof split.sums].map(Number);
      expect([name, parts.reduce((a, b) => a + b, 0).toFixed(6)]).toEqual([name, Number(total).toFixed(6)]);
    }
    expect(split.days).toBe(30);
  });
});

it("there are none while there is no warehouse, and none before the first sync of clans", async () => {
  const missing = await start(localSource("/nonexistent/warehouse.duckdb"));
  expect(await missing(`/api/clans?${days}`)).toMatchObject({
    ...{ version: null, hasClans: false, day: null, health: [] },
  });
  expect(await missing(`/api/clan?${days}&id=owls`)).toMatchObject({ version: null, days: [] });
  expect(await missing(`/api/membership-retention?${days}`)).toMatchObject({ version: null, groups: [] });
  const without = await start(localSource((await makeFixture(clanRows)).path));
  expect(await without(`/api/clans?${days}`)).toMatchObject({
    ...{ hasClans: false, day: null, growing: [], fading: [] },
  });
});

it("a clan without an id, or days in the wrong order, are refused", async () => {
  const app = await buildDashboard({ source: localSource(fixture.path) });
  onTestFinished(() => app.close());
  for (const url of [
    `/api/clan?${days}`,
    `/api/clan?${days}&id=`,
    `/api/clans?from=2026-03-02&to=2026-03-01`,
  ]) {
    const { statusCode } = await app.inject({ url, headers: { host: "localhost:8081" } });
    expect([url, statusCode]).toEqual([url, 400]);
  }
});
