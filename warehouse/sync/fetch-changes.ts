import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { withValues } from "../templates.ts";
import { changesStatement, safeWatermarkQuery } from "./statements.ts";
import { textSettings } from "./text-settings.ts";

/**
 * Writes what changed in PostgreSQL since a moment (null: everything) into a CSV file, as fast as PostgreSQL sends it, and
 * returns the safe watermark, where the next run starts. Reads with the rights of role `clan_reader`, whatever the login.
 */
export async function fetchChanges(databaseUrl: string, since: string | null, path: string): Promise<string> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: `-c role=clan_reader ${textSettings}`,
    application_name: "clan-activity-sync",
    connectionTimeoutMillis: 10_000,
  });
  // The query in flight rejects with the same error; without a listener, the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    // Before the changes are read, so that all changes before the watermark are among them.
    const syncedTo = await safeWatermark(client);
    const literal = client.escapeLiteral(since ?? "-infinity");
    const changes = withValues(changesStatement, () => literal);
    const copy = copyTo(`copy (${changes}) to stdout (format csv)`);
    await pipeline(client.query(copy), createWriteStream(path));
    return syncedTo;
  } finally {
    await client.end();
  }
}

/** As text, because a Date has no microseconds. */
async function safeWatermark(client: pg.Client): Promise<string> {
  const { rows } = await client.query(`select safe_watermark::text from (${safeWatermarkQuery}) as computed`);
  return rows[0].safe_watermark;
}
