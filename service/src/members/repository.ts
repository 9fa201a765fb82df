import type { z } from "zod";
import { type ClanRow, columns as clanColumns, rawColumns } from "../clans/repository.ts";
import type { Queryable } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import type { MemberCursor, MemberRow, Role } from "./schemas.ts";

export const columns = `user_id, clan_id, role, ${utcText("joined_at")} as joined_at`;

/** The membership of a player; null while they are in none. */
export async function findMembership(database: Queryable, userId: string): Promise<MemberRow | null> {
  const text = `select ${columns} from clan_members where user_id = $1`;
  const { rows } = await database.query({ name: "find-membership", text, values: [userId] });
  return rows[0] ?? null;
}

/** The clan of a player and their part in it; null while they are in none. */
export async function findOwnClan(
  database: Queryable,
  userId: string,
): Promise<{ clan: ClanRow; role: z.infer<typeof Role>; joined_at: string } | null> {
  const { rows } = await database.query({
    name: "find-own-clan",
    text: `
      select ${clanColumns}, role as own_role, ${utcText("joined_at")} as own_joined_at
      from (
        select ${rawColumns.replace("id", "clans.id")}, role, joined_at
        from clan_members
        join clans on clans.id = clan_members.clan_id
        where user_id = $1
      ) as own`,
    values: [userId],
  });
  if (!rows[0]) return null;
  const { own_role, own_joined_at, ...clan } = rows[0];
  return { clan, role: own_role, joined_at: own_joined_at };
}

/** At most `limit` members of a clan after `after`: the leader first; of one role, or of all when it is null. */
export async function listMembers(
  database: Queryable,
  range: {
    clanId: string;
    role: z.infer<typeof Role> | null;
    after: MemberCursor | null;
    limit: number;
  },
): Promise<MemberRow[]> {
  const { clanId, role, after, limit } = range;
  const values: unknown[] = [clanId, limit];
  const conditions = ["clan_id = $1"];
  if (role !== null) conditions.push(`role = $${values.push(role)}::clan_role`);
  if (after !== null) {
    const last = [
      `$${values.push(after.role)}::clan_role`,
      `$${values.push(after.joined_at)}::timestamptz`,
      `$${values.push(after.user_id)}::text`,
    ];
    conditions.push(`(clan_members.role, clan_members.joined_at, user_id) > (${last.join(", ")})`);
  }
  const { rows } = await database.query({
    // Planning took longer than reading. Without conditions that may have no effect, one plan is right for all values.
    name: `list-members${role === null ? "" : "-of-role"}${after === null ? "" : "-after"}`,
    text: `select ${columns}
     from clan_members
     where ${conditions.join(" and ")}
     order by clan_members.role, clan_members.joined_at, user_id
     limit $2`,
    values,
  });
  return rows;
}
