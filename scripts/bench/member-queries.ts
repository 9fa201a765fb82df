import { randomUUID } from "node:crypto";
import type { Database, Queryable } from "@clan-platform/service/database/database.ts";
import { joinWithin } from "@clan-platform/service/members/join.ts";
import { leaveClan } from "@clan-platform/service/members/leave.ts";
import { findOwnClan, listMembers } from "@clan-platform/service/members/repository.ts";
import { clanId } from "../testkit/fill-clans.ts";
import { clanOfPlayer, playerId } from "../testkit/fill-members.ts";
import type { HttpRequest } from "./http-message.ts";

export const filled = { clans: 50_000, members: 500_000 };

// Not the first, which is the popular one.
const someClan = () => clanId(1 + Math.floor(Math.random() * (filled.clans - 1)));
// Those that never leave here.
const somePlayer = () => playerId(Math.floor((Math.random() * filled.members) / 2));
// Players leave in order, so that each is there; every process has its own range.
let nextToLeave = Number(process.env.LEAVE_FROM ?? filled.members / 2);

/** One request of each kind: as the SQL that the route sends, in one transaction where it writes. */
export const memberQueries = {
  join: (database: Pick<Database, "transaction">) =>
    database.transaction((tx) => joinWithin(tx, someClan(), randomUUID())),
  leave: (database: Pick<Database, "transaction">) => {
    const player = nextToLeave++;
    return database.transaction((tx) =>
      leaveClan(tx, clanOfPlayer(player, filled), playerId(player), "left"),
    );
  },
  members: (database: Queryable) =>
    listMembers(database, { clanId: someClan(), role: null, after: null, limit: 51 }),
  "own clan": (database: Queryable) => findOwnClan(database, somePlayer()),
};

export type MemberOperation = keyof typeof memberQueries;

/** The same as HTTP. */
export const memberRequests: Record<MemberOperation, () => HttpRequest> = {
  join: () => ({ method: "PUT", path: `/clans/${someClan()}/members/${randomUUID()}` }),
  leave: () => {
    const player = nextToLeave++;
    return {
      method: "DELETE",
      path: `/clans/${clanOfPlayer(player, filled)}/members/${playerId(player)}`,
    };
  },
  members: () => ({ method: "GET", path: `/clans/${someClan()}/members` }),
  "own clan": () => ({ method: "GET", path: `/users/${somePlayer()}/clan` }),
};
