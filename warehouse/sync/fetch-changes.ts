import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { startOptions, textSettings } from "@clan-platform/contract/postgres-session.ts";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type SharedStatement, withValues } from "../templates.ts";
import type { ChangesFiles } from "../warehouse.ts";
import {
  changesStatement,
  clanChangesStatement,
  membershipChangesStatement,
  safeWatermarkQuery,
} from "./statements.ts";

/** The moments that changes start at; null is everything. */
export interface Since {
  activity: string | null;
  clans: string | null;
}

export interface Fetched {
  /** The safe watermark, where the next run starts. */
  syncedTo: string;
  /** Whether PostgreSQL's clock was set back to before one of the moments: the files then have everything, not changes alone. */
  isClockSetBack: boolean;
}

/**
 * Writes what changed in PostgreSQL since these moments into files, as fast as PostgreSQL sends it. Reads with the rights of role
 * `clan_reader`, whatever the login.
 */
export async function fetchChanges(databaseUrl: string, since: Since, files: ChangesFiles): Promise<Fetched> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: startOptions({ role: "clan_reader", ...textSettings }),
    application_name: "clan-activity-sync",
    connectionTimeoutMillis: 10_000,
  });
  // The query in flight rejects with the same error; without a listener, the event would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    // Before the changes are read, so that all changes before the watermark are among them.
    const syncedTo = await safeWatermark(client);
    const isClockSetBack = await isAhead(client, since);
    const { activity, clans } = isClockSetBack ? { activity: null, clans: null } : since;
    // All of one moment: no player is in a clan that is not there.
    await client.query("begin transaction isolation level repeatable read, read only");
    await copyChanges(client, changesStatement, activity, files.activity);
    await copyChanges(client, clanChangesStatement, clans, files.clans);
    await copyChanges(client, membershipChangesStatement, clans, files.memberships);
    return { syncedTo, isClockSetBack };
  } finally {
    await client.end();
  }
}

async function copyChanges(
  client: pg.Client,
  statement: SharedStatement,
  since: string | null,
  path: string,
): Promise<void> {
  const literal = client.escapeLiteral(since ?? "-infinity");
  // In the text format, which PostgreSQL writes a third faster than CSV. With a header, because a byte order mark at the beginning of a
  // file would not be read as part of a value.
  const copy = copyTo(
    `copy (${withValues(statement, () => literal)}) to stdout (format text, header, null '')`,
  );
  await pipeline(client.query(copy), createWriteStream(path));
}

/**
 * Whether PostgreSQL's clock has yet to reach one of these moments, which were past when they were noted: what was written since
 * then may be older than they are.
 */
async function isAhead(client: pg.Client, { activity, clans }: Since): Promise<boolean> {
  const { rows } = await client.query(
    "select coalesce(greatest($1::timestamptz, $2::timestamptz) > now(), false) as is_ahead",
    [activity, clans],
  );
  return rows[0].is_ahead;
}

/** As text, because a Date has no microseconds. */
async function safeWatermark(client: pg.Client): Promise<string> {
  const { rows } = await client.query(`select safe_watermark::text from (${safeWatermarkQuery}) as computed`);
  return rows[0].safe_watermark;
}
