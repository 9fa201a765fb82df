import { fileURLToPath } from "node:url";
import { readClanFile } from "@clan-platform/service/clans/seeding/clan-file.ts";
import { insertClans } from "@clan-platform/service/clans/seeding/insert-clans.ts";
import { sessionOptions } from "@clan-platform/service/database/session-settings.ts";
import { withClient } from "@clan-platform/service/database/with-client.ts";

const clanFile = fileURLToPath(new URL("../../data/clans.csv", import.meta.url));

/** Seeds the shipped clans into an empty database; any other is in use, and what was deleted there stays deleted. */
export async function seedWhenEmpty(databaseUrl: string): Promise<string> {
  const count = await countClans(databaseUrl);
  if (count > 0) return `${count} in the database`;
  const { inserted, repeated, rejected } = await insertClans(
    { DATABASE_URL: databaseUrl },
    await readClanFile(clanFile),
  );
  return `${inserted} seeded from scripts/data/clans.csv (${rejected} lines rejected, ${repeated} repeated)`;
}

async function countClans(url: string): Promise<number> {
  const options = { connectionString: url, options: `-c role=clan_app ${sessionOptions}` };
  const { rows } = await withClient(options, (client) =>
    client.query("select count(*)::int as count from clans"),
  );
  return rows[0].count;
}
