import type { IncomingHttpHeaders } from "node:http";
import pg from "pg";
import type { Database, Queryable } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { entityTag, hasPreconditions, requirePreconditions } from "../http/entity-tag.ts";
import { Problem } from "../http/problem.ts";
import { type Actor, lockForOfficer } from "../members/permissions.ts";
import { lockClan } from "./lock-clan.ts";
import { nameContended, nameTaken, noSuchClan } from "./problems.ts";
import { type ClanRow, columns, findClanIdByName } from "./repository.ts";
import type { ClanPatch } from "./schemas.ts";

/**
 * Applies a merge patch to a clan, if the preconditions hold for its representation.
 * @throws {Problem} 403 to a player who is no officer of it, 404 without the clan, 409 when its name is taken or it has more members, 412
 */
export async function changeClan(
  database: Database,
  id: string,
  patch: ClanPatch,
  request: { headers: IncomingHttpHeaders; actor: Actor },
): Promise<ClanRow> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await retriedTransaction(database, (tx) => changeWithin(tx, id, patch, request));
    } catch (error) {
      if (!isNameTaken(error)) throw error;
      const other = await findClanIdByName(database, patch.name ?? "");
      if (other) throw nameTaken(other);
      // Its clan was deleted meanwhile, so the name is free.
    }
  }
  throw nameContended();
}

const isNameTaken = (error: unknown) =>
  error instanceof pg.DatabaseError && error.code === "23505" && error.constraint === "clans_name_key";

async function changeWithin(
  tx: Queryable,
  id: string,
  patch: ClanPatch,
  { headers, actor }: { headers: IncomingHttpHeaders; actor: Actor },
): Promise<ClanRow> {
  await lockForOfficer(tx, id, actor);
  const clan = await lockClan(tx, id);
  if (!clan) throw noSuchClan(id);
  if (hasPreconditions(headers)) requirePreconditions(headers, entityTag(JSON.stringify(clan)));
  const changed = { ...clan, ...definedIn(patch) };
  if (changed.max_members < clan.member_count) throw tooManyMembers(clan, changed.max_members);
  const isSame = (Object.keys(clan) as (keyof ClanRow)[]).every((name) => changed[name] === clan[name]);
  if (isSame) return clan;
  const { rows } = await tx.query({
    name: "change-clan",
    text: `update clans
     set name = $2, region = $3, description = $4, join_mode = $5, max_members = $6,
       version = version + 1, updated_at = clock_timestamp()
     where id = $1
     returning ${columns}`,
    values: [id, changed.name, changed.region, changed.description, changed.join_mode, changed.max_members],
  });
  return rows[0];
}

/** The fields that a patch has; an empty description is none. */
function definedIn({ description, ...patch }: ClanPatch): Partial<ClanRow> {
  const fields = { ...patch, ...(description !== undefined && { description: description || null }) };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function tooManyMembers({ member_count }: ClanRow, max_members: number): Problem {
  const detail = `The clan has ${member_count} members, more than max_members ${max_members}.`;
  return new Problem(409, "MAX_MEMBERS_TOO_LOW", detail);
}
