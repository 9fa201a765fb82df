import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { fillMembers } from "@clan-platform/scripts/testkit/fill-members.ts";
import type pg from "pg";
import { expect, it } from "vitest";
import { readClanActivity } from "../clan-activity/clan-activity.ts";
import { dayAfter, today } from "../clan-activity/days.ts";
import { readLeaderboard } from "../clan-activity/leaderboard.ts";
import { browseLargest, browseNewest } from "../clans/browse-clans.ts";
import { changeClan } from "../clans/change-clan.ts";
import { createClan } from "../clans/create-clan.ts";
import { deleteClan } from "../clans/delete-clan.ts";
import { findClansByIds } from "../clans/repository.ts";
import { searchBounds } from "../clans/search-bounds.ts";
import { searchByGrams } from "../clans/search-by-grams.ts";
import { walkClans } from "../clans/walk-clans.ts";
import type { Database, Queryable, Statement, Transaction } from "../database/database.ts";
import { invitations, joinRequests } from "../pending-memberships/kinds.ts";
import * as pending from "../pending-memberships/repository.ts";
import { eraseUser } from "../users/erase.ts";
import { exportUser } from "../users/export.ts";
import { changeRole } from "./change-role.ts";
import { joinWithin } from "./join.ts";
import { leaveClan } from "./leave.ts";
import { findMembership, findOwnClan, listMembers } from "./repository.ts";

const clans = 30_000;
const members = 90_000;
const clanId = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const someClan = clanId(4_711);
const noFilter = { region: null, join_mode: null, has_room: null };
const filteredSearch = {
  ...{ name: "clan 47", after: null, limit: 51 },
  filter: { region: "TR", join_mode: "open" as const, has_room: true },
};
const cursor = { created_at: "2024-01-02T00:00:00.000000Z", id: someClan };

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Plan[];
}

const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)];

it(`among ${clans} clans with ${members} members, every statement of every call reads by an index, and little`, async () => {
  const { adminUrl } = await createTestDatabase();
  const client = await connect(adminUrl);
  await fill(client);

  const calls: Record<string, (database: Transaction & Database) => Promise<unknown>> = {
    "own clan": (db) => findOwnClan(db, "player-4711"),
    "list members": (db) => listMembers(db, { clanId: someClan, role: null, after: null, limit: 51 }),
    "later page of members": (db) =>
      listMembers(db, {
        clanId: someClan,
        role: null,
        after: { role: "member", joined_at: cursor.created_at, user_id: "player-5" },
        limit: 51,
      }),
    "members of a role": (db) =>
      listMembers(db, { clanId: someClan, role: "leader", after: null, limit: 51 }),
    join: (db) => joinWithin(db, someClan, "newcomer"),
    "join from another clan": (db) => joinWithin(db, someClan, "player-5").catch(() => {}),
    "leave as leader": (db) => leaveClan(db, someClan, "player-4711", "left"),
    "new leader": (db) => changeRole(db, someClan, `player-${4_711 + clans}`, "leader"),
    "change clan": (db) => changeClan(db, someClan, { region: "TR" }, { headers: {}, actor: null }),
    "delete clan": (db) => deleteClan(db, someClan),
    "largest clans": (db) => browseLargest(db, { filter: noFilter, after: null, limit: 51 }),
    "later page of the largest": (db) =>
      browseLargest(db, { filter: noFilter, after: { member_count: 3, id: someClan }, limit: 51 }),
    "newest clans of a mode that none has": (db) =>
      browseNewest(db, { filter: { ...noFilter, join_mode: "closed" }, after: null, limit: 51 }),
    "newest clans of a region with room": (db) =>
      browseNewest(db, { filter: { ...noFilter, region: "TR", has_room: true }, after: cursor, limit: 51 }),
    "search by an index, with filters": (db) => searchByGrams(db, filteredSearch, "{}", searchBounds),
    "search by a walk, with filters": (db) => walkClans(db, filteredSearch, searchBounds),
    "create with a leader": (db) =>
      createClan(db, { name: "Night Owls", leader_user_id: "newcomer" }, { key: undefined, id: "request" }),
    "clans by ids": (db) =>
      findClansByIds(db, { ids: Array.from({ length: 100 }, (_, n) => clanId(n * 7)), sort: "members" }),
    "clan activity": (db) =>
      readClanActivity(db, { clanId: someClan, from: dayAfter(today(), -30), to: today() }),
    leaderboard: (db) => readLeaderboard(db, { days: 7, by: "victories", limit: 100 }),
    "leaderboard of a region": (db) =>
      readLeaderboard(db, { days: 30, by: "matches", limit: 100, region: "TR" }),
    export: async (db) => {
      for await (const _ of exportUser(db, "player-4711"));
    },
    erase: (db) => eraseUser(db, "player-4711"),
  };
  for (const kind of [joinRequests, invitations]) {
    calls[`new ${kind.name}`] = (db) => pending.insertPending(db, kind, someClan, "newcomer");
    calls[`list ${kind.name}s`] = (db) =>
      pending.listPending(db, kind, { clanId: someClan, after: null, limit: 51 });
    calls[`list own ${kind.name}s`] = (db) =>
      pending.listOwnPending(db, kind, { userId: "asking-player-9", after: null, limit: 51 });
    calls[`later page of own ${kind.name}s`] = (db) => {
      const after = { created_at: cursor.created_at, clan_id: someClan };
      return pending.listOwnPending(db, kind, { userId: "asking-player-9", after, limit: 51 });
    };
    calls[`find ${kind.name}`] = (db) => pending.findPending(db, kind, someClan, "player-9");
    calls[`delete ${kind.name}`] = (db) => pending.deletePending(db, kind, someClan, "player-9");
  }
  for (const [name, call] of Object.entries(calls)) {
    const plans: Plan[] = [];
    await client.query("begin");
    await call(explaining(client, plans));
    await client.query("rollback");
    // One has a row and no more; partitions of the quarters to come have none.
    const isSmall = (plan: Plan) =>
      plan["Relation Name"] === "leaderboard_refresh" ||
      plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] === 0;
    const scanned = plans
      .flatMap(flatten)
      .filter((plan) => plan["Node Type"] === "Seq Scan" && !isSmall(plan));
    expect([name, scanned.map((plan) => plan["Relation Name"])]).toEqual([name, []]);
    expect(plans.length, name).toBeGreaterThan(0);
    for (const plan of plans) {
      // A walk looks at 5,000 clans at most, each on a page of its own at worst.
      expect(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], name).toBeLessThan(6_000);
    }
  }
  expect(await findMembership(client, "player-4711")).toMatchObject({ role: "leader" });
}, 300_000);

/** A transaction that explains each statement, and then runs it. */
function explaining(client: pg.Client, plans: Plan[]): Transaction & Database {
  const query: Queryable["query"] = async (statement: string | Statement, given?: unknown[]) => {
    const { text, values = [] } =
      typeof statement === "string" ? { text: statement, values: given } : statement;
    await client.query("savepoint before_statement");
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
    await client.query("rollback to before_statement");
    plans.push(rows[0]["QUERY PLAN"][0].Plan);
    return client.query(text, values);
  };
  const tx = { client, query, write: (statement: Statement) => query(statement) };
  return { ...tx, transaction: (work) => work(tx) };
}

/** Clans, the nth with the players n, n + clans, … of whom the first leads; and as many entries of everything else. */
async function fill(client: pg.Client): Promise<void> {
  await fillMembers(client, { clans, members });
  await client.query(
    `insert into user_activity
     select user_id, current_date - n, 'IOS', date '2024-01-01', null, 1, 1, 1, 1, 1, 0, 0, 0.1, 0.25
     from clan_members cross join unnest(array[0, 1, 40]) n`,
  );
  await client.query(
    `insert into clan_scores (clan_id, days, region, matches_ended, victories)
     select id, days, region, hashtext(id::text) & 255, hashtext(id::text) & 127
     from clans cross join unnest(array[1, 7, 30]) as span (days)`,
  );
  for (const table of ["clan_join_requests", "clan_invitations"]) {
    await client.query(
      `insert into ${table} (clan_id, user_id, created_at)
       select clan_id, 'asking-' || user_id, now() - random() * interval '9 days' from clan_members`,
    );
  }
  await client.query(
    "insert into erased_users select 'erased-' || n, now() from generate_series(1, 10000) n",
  );
  await client.query(
    "vacuum analyze user_activity, clan_scores, clan_join_requests, clan_invitations, erased_users",
  );
}
