import { rmSync } from "node:fs";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { recomputeTouchedDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import { clanMembershipPeriodsTable } from "@clan-platform/warehouse/tables/table.ts";
import { insertRows } from "@clan-platform/warehouse/testing/rows.ts";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { busyness } from "./calendar.ts";
import { generateRaw } from "./generate.ts";
import { memberEffect } from "./member-effect.ts";
import { joinClans } from "./memberships.ts";
import { planDays } from "./plan.ts";
import { populate } from "./population.ts";
import { userIdText } from "./user.ts";

const run = { rows: 200_000, days: 100, to: "2026-06-30", seed: 5 };

/** The memberships of the run, as a sync brings them. */
function periodRows() {
  const { joiners, periodsOf } = joinClans(populate(planDays(run), run.seed, busyness), run.days);
  const moment = (time: number) => new Date(time).toISOString();
  const rows = [];
  for (const user of joiners()) {
    for (const { clan, joinedAt, leftAt, leftReason } of periodsOf(user)) {
      rows.push({
        period_id: rows.length + 1,
        user_id: userIdText(run.seed, user),
        clan_id: `clan ${clan}`,
        joined_at: moment(joinedAt),
        left_at: leftAt === null ? null : moment(leftAt),
        joined_date: moment(joinedAt).slice(0, 10),
        left_date: leftAt === null ? null : moment(leftAt).slice(0, 10),
        left_reason: leftReason,
      });
    }
  }
  return rows;
}

it("the tables find what clans do to synthetic players: D30 and sessions, each within a tenth of the documented factor", async () => {
  const folder = await temporaryFolder();
  await generateRaw({ out: folder, ...run });
  const warehouse = await openDuckdb(":memory:");
  await warehouse.createTables();
  const periods = periodRows();
  for (let at = 0; at < periods.length; at += 20_000)
    await insertRows(warehouse, clanMembershipPeriodsTable, periods.slice(at, at + 20_000));
  await loadRawFiles(warehouse, findRawFiles([folder]).paths, folder);
  const ofClans = derivedTables.filter(({ dependsOnMemberships }) => dependsOnMemberships);
  await recomputeTouchedDays(warehouse, () => {}, ofClans);
  const retention = await warehouse.query<{ comparison: string; members: number; others: number }>(
    `select
       comparison,
       sum(case when membership = 'in_clan' then retained end)
         / sum(case when membership = 'in_clan' then users end) as members,
       sum(case when membership = 'no_clan' then retained end)
         / sum(case when membership = 'no_clan' then users end) as others
     from clan_case_analytics.membership_retention
     where day_n = 30
     group by comparison`,
  );
  expect(retention.map(({ comparison }) => comparison).toSorted()).toEqual(["active_on_day_7", "all"]);
  for (const { comparison, members, others } of retention)
    expect(Math.abs(members / others / memberEffect.retention - 1), comparison).toBeLessThan(0.1);
  const [sessions] = await warehouse.query<{ members: number; others: number }>(
    `select
       sum(case when membership = 'in_clan' then total_sessions end)
         / sum(case when membership = 'in_clan' then dau end) as members,
       sum(case when membership = 'no_clan' then total_sessions end)
         / sum(case when membership = 'no_clan' then dau end) as others
     from clan_case_analytics.membership_metrics`,
  );
  const ratio = Number(sessions?.members) / Number(sessions?.others);
  expect(Math.abs(ratio / memberEffect.sessions - 1)).toBeLessThan(0.1);
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});
