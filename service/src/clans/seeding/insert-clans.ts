import pg from "pg";
import { type ConnectionSettings, connectionOptions } from "../../database/connection.ts";
import { sessionOptions } from "../../database/session-settings.ts";
import type { ClanFile } from "./clan-file.ts";

export interface SeedCounts {
  /** Lines with content, the header not counted: the sum of the other four. */
  read: number;
  inserted: number;
  /** In the database before. */
  existing: number;
  /** The name came before in the file, maybe in other letters; the first counts. */
  repeated: number;
  rejected: number;
}

/** Inserts the clans of a file whose names are new, all in one statement: after a failure, none is there. */
export async function insertClans(
  database: ConnectionSettings,
  { clans, rejected }: ClanFile,
): Promise<SeedCounts> {
  const client = new pg.Client({
    ...connectionOptions(database),
    options: `-c role=clan_app ${sessionOptions}`,
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      `with file as (
         select * from unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[])
           as file (line, name, region, created_at)
       ), first_of_each as (
         select distinct on (clan_name_key(name)) * from file order by clan_name_key(name), line
       ), inserted as (
         insert into clans (name, region, created_at)
         select name, region, coalesce(created_at, now()) from first_of_each order by line
         on conflict (name_key) do nothing
         returning 1
       )
       select (select count(*)::int from first_of_each) as names, (select count(*)::int from inserted) as inserted`,
      [
        clans.map((clan) => clan.line),
        clans.map((clan) => clan.name),
        clans.map((clan) => clan.region),
        clans.map((clan) => clan.createdAt),
      ],
    );
    const { names, inserted } = rows[0];
    return {
      read: clans.length + rejected.length,
      inserted,
      existing: names - inserted,
      repeated: clans.length - names,
      rejected: rejected.length,
    };
  } finally {
    await client.end();
  }
}
