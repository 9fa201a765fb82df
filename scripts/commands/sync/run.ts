import { openClanDatabase } from "../../local/clan-database.ts";
import { parseSettings } from "../../local/settings.ts";
import { syncLocally } from "../../local/sync-locally.ts";
import { syncText } from "../../local/sync-text.ts";
import { print } from "../terminal/print.ts";

export async function run(): Promise<void> {
  const settings = parseSettings(process.env);
  const database = await openClanDatabase(settings);
  try {
    print(`\n  ${syncText(await syncLocally(database.adminUrl, settings))}\n`);
  } finally {
    await database.close();
  }
}
