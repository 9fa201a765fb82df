import type { z } from "zod";
import type { Queryable, Writable } from "../database/database.ts";
import type { Clan, PageCursor } from "./schemas.ts";

export type ClanRow = z.infer<typeof Clan>;

// created_at is selected as text: a JavaScript Date would truncate it to milliseconds, and pages would miss clans.
export const columns = `id, name, region,
  to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at`;

/** SQL for: a clan comes after a cursor, or there is none; one condition for both, which an index serves. */
export const isAfter = (createdAt: string, id: string) =>
  `(clans.created_at, id) < (coalesce(${createdAt}::timestamptz, 'infinity'), coalesce(${id}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))`;

// Statements that look up a key have one plan, so they are prepared once per connection, under a name; planning took longer
// than the lookup. The plans of lists and searches depend on their parameters.

/** Inserts a clan; null when its name is taken. */
export async function insertClan(
  database: Writable,
  { name, region }: { name: string; region: string | null },
): Promise<ClanRow | null> {
  const { rows } = await database.write({
    name: "insert-clan",
    text: `insert into clans (name, region)
     values ($1, $2)
     on conflict (name_key) do nothing
     returning ${columns}`,
    values: [name, region],
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

/** Deletes a clan; false when there was none with this id. */
export async function deleteClan(database: Writable, id: string): Promise<boolean> {
  const text = "delete from clans where id = $1";
  const { rowCount } = await database.write({ name: "delete-clan", text, values: [id] });
  return rowCount === 1;
}

/** Deletes a clan within a transaction, and returns it; null when there was none with this id. */
export async function takeClan(tx: Queryable, id: string): Promise<ClanRow | null> {
  const { rows } = await tx.query(`delete from clans where id = $1 returning ${columns}`, [id]);
  return rows[0] ?? null;
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
