import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { changesQuery, settledQuery } from "./statements.ts";

/**
 * Writes what changed in PostgreSQL since a moment (null: since ever) into a CSV file, as fast as PostgreSQL gives it,
 * and returns the moment to begin at next time. Reads with the rights of role `clan_reader`, whoever logs in.
 */
export async function fetchChanges(databaseUrl: string, since: string | null, path: string): Promise<string> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: "-c role=clan_reader -c timezone=UTC",
    application_name: "clan-activity-sync",
    connectionTimeoutMillis: 10_000,
  });
  // The query in flight rejects with the same error; unheard, the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    // Before the changes, so that those that are settled now are among them.
    const syncedTo = await settledMoment(client);
    const literal = client.escapeLiteral(since ?? "-infinity");
    const changes = copyTo(`copy (${changesQuery.replace("$1", () => literal)}) to stdout (format csv)`);
    await pipeline(client.query(changes), createWriteStream(path));
    return syncedTo;
  } finally {
    await client.end();
  }
}

/** As text, for a Date has no microseconds. */
async function settledMoment(client: pg.Client): Promise<string> {
  const { rows } = await client.query(`select settled_at::text from (${settledQuery}) as settled`);
  return rows[0].settled_at;
}
