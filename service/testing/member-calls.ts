import { clanId } from "@clan-platform/scripts/testkit/fill-clans.ts";
import { readClanActivity } from "../src/clan-activity/clan-activity.ts";
import { dayAfter, today } from "../src/clan-activity/days.ts";
import { readLeaderboard } from "../src/clan-activity/leaderboard.ts";
import { browseLargest, browseNewest } from "../src/clans/browse-clans.ts";
import { changeClan } from "../src/clans/change-clan.ts";
import { createClan } from "../src/clans/create-clan.ts";
import { deleteClan } from "../src/clans/delete-clan.ts";
import { findClansByIds } from "../src/clans/repository.ts";
import { searchBounds } from "../src/clans/search-bounds.ts";
import { searchByGrams } from "../src/clans/search-by-grams.ts";
import { walkClans } from "../src/clans/walk-clans.ts";
import type { Database, Transaction } from "../src/database/database.ts";
import { changeRole } from "../src/members/change-role.ts";
import { joinWithin } from "../src/members/join.ts";
import { leaveClan } from "../src/members/leave.ts";
import { findOwnClan, listMembers } from "../src/members/repository.ts";
import { invitations, joinRequests } from "../src/pending-memberships/kinds.ts";
import * as pending from "../src/pending-memberships/repository.ts";
import { eraseUser } from "../src/users/erase.ts";
import { exportUser } from "../src/users/export.ts";

/** A request as the repository answers it, within a transaction that is rolled back. */
export type Call = (database: Transaction & Database) => Promise<unknown>;

/** A walk looks at 5,000 clans at most, each on a page of its own at worst. */
export const mostPages = 6_000;

const someClan = clanId(4_711);
const noFilter = { region: null, join_mode: null, has_room: null };
const filteredSearch = {
  ...{ name: "clan 47", after: null, limit: 51 },
  filter: { region: "TR", join_mode: "open" as const, has_room: true },
};
const cursor = { created_at: "2024-01-02T00:00:00.000000Z", id: someClan };

/** Every call about clans and their members, by name, on a database that `fillMemberships` has filled with so many clans. */
export function memberCalls(clans: number): Record<string, Call> {
  const calls: Record<string, Call> = {
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
    "new leader": (db) =>
      changeRole(db, someClan, { userId: `player-${4_711 + clans}`, role: "leader" }, null),
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
  return calls;
}
