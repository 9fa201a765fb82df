import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type pg from "pg";
import { type ConnectionSettings, connectionOptions } from "../../database/connection.ts";
import { OutcomeUnknown, outcomeOf } from "../../database/outcome.ts";
import { sessionOptions } from "../../database/session-settings.ts";
import { withClient } from "../../database/with-client.ts";
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

/**
 * Inserts the clans of a file whose names are new, all in one statement: after a failure, none is there.
 * @throws {UserFacingError} when PostgreSQL was lost before it answered: they may be there
 */
export async function insertClans(
  database: ConnectionSettings,
  { clans, rejected }: ClanFile,
): Promise<SeedCounts> {
  const options = { ...connectionOptions(database), options: `-c role=clan_app ${sessionOptions}` };
  const { names, inserted } = await withClient(options, (client) => insert(client, clans));
  return {
    read: clans.length + rejected.length,
    inserted,
    existing: names - inserted,
    repeated: clans.length - names,
    rejected: rejected.length,
  };
}

async function insert(
  client: pg.Client,
  clans: ClanFile["clans"],
): Promise<{ names: number; inserted: number }> {
  const inserting = client.query(
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
  const { rows } = await outcomeOf(inserting).catch((cause) => {
    if (!(cause instanceof OutcomeUnknown)) throw cause;
    throw new UserFacingError(
      "PostgreSQL was lost before it reported whether the clans were seeded: run it again, which seeds those that are missing.",
      { cause },
    );
  });
  return rows[0];
}
