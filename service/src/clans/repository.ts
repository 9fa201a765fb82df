import type { z } from "zod";
import type { Queryable, Writable } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import type { Clan, PageCursor } from "./schemas.ts";

export type ClanRow = z.infer<typeof Clan>;

export const columns = `id, name, region, ${utcText("created_at")} as created_at,
  description, join_mode, max_members, member_count, ${utcText("coalesce(updated_at, created_at)")} as updated_at, version`;

/** The columns that a query in a query has to pass on for `columns`. */
export const rawColumns =
  "id, name, region, created_at, description, join_mode, max_members, member_count, updated_at, version";

/** What a new clan is given; what is undefined gets its default. */
export type NewClanRow = Pick<ClanRow, "name" | "region"> & {
  description?: string | null | undefined;
  join_mode?: ClanRow["join_mode"] | undefined;
  max_members?: number | undefined;
  leader_user_id?: string | undefined;
};

/** SQL for: a clan comes after a cursor, or there is none; one condition for both, which an index serves. */
export const isAfter = (createdAt: string, id: string) =>
  `(clans.created_at, id) < (coalesce(${createdAt}::timestamptz, 'infinity'), coalesce(${id}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))`;

// Statements that look up a key have one plan, so they are prepared once per connection, under a name; planning took longer
// than the lookup. The plans of lists and searches depend on their parameters.

/** Inserts a clan; null when its name is taken. Its leader, if any, has to become a member in the same transaction. */
export async function insertClan(
  database: Writable,
  { name, region, description, join_mode, max_members, leader_user_id }: NewClanRow,
): Promise<ClanRow | null> {
  const { rows } = await database.write({
    name: "insert-clan",
    text: `insert into clans (name, region, description, join_mode, max_members, leader_user_id, member_count)
     values ($1, $2, $3, coalesce($4, 'open'), coalesce($5, 50), $6::text, case when $6::text is null then 0 else 1 end)
     on conflict (name_key) do nothing
     returning ${columns}`,
    values: [name, region, description, join_mode, max_members, leader_user_id],
  });
  return rows[0] ?? null;
}

/** The id of the clan whose name is the same regardless of case; null when there is none. */
export async function findClanIdByName(database: Queryable, name: string): Promise<string | null> {
  const { rows } = await database.query("select id from clans where name_key = clan_name_key($1)", [name]);
  return rows[0]?.id ?? null;
}

/** The clan whose name is the same regardless of case, if it is of the region or that is null; otherwise null. */
export async function findClanByName(
  database: Queryable,
  { name, region }: { name: string; region: string | null },
): Promise<ClanRow | null> {
  const { rows } = await database.query({
    name: "find-clan-by-name",
    text: `select ${columns}
     from clans
     where name_key = clan_name_key($1) and ($2::text is null or region = $2)`,
    values: [name, region],
  });
  return rows[0] ?? null;
}

/** One clan; null when there is none with this id. */
export async function findClan(database: Queryable, id: string): Promise<ClanRow | null> {
  const text = `select ${columns} from clans where id = $1`;
  const { rows } = await database.query({ name: "find-clan", text, values: [id] });
  return rows[0] ?? null;
}

/** The clans with these ids that there are, in the order of a list. */
export async function findClansByIds(
  database: Queryable,
  { ids, sort }: { ids: string[]; sort: "newest" | "members" },
): Promise<ClanRow[]> {
  const order = sort === "newest" ? "clans.created_at desc" : "member_count desc";
  const text = `select ${columns} from clans where id = any($1::uuid[]) order by ${order}, id desc`;
  const { rows } = await database.query(text, [ids]);
  return rows;
}

/** At most `limit` clans after `after`, newest first; of one region, or of all when it is null. */
export async function listClans(
  database: Queryable,
  { region, after, limit }: { region: string | null; after: PageCursor | null; limit: number },
): Promise<ClanRow[]> {
  const { rows } = await database.query(
    `select ${columns}
     from clans
     where ($1::text is null or region = $1)
       and ($2::timestamptz is null or (clans.created_at, id) < ($2, $3::uuid))
     order by clans.created_at desc, id desc
     limit $4`,
    [region, after?.created_at, after?.id, limit],
  );
  return rows;
}
