import { parseArgs } from "node:util";
import { openClanDatabase } from "../local/clan-database.ts";
import { parseSettings } from "../local/settings.ts";
import { syncLocally } from "../local/sync-locally.ts";
import { syncText } from "../local/sync-text.ts";
import { parseTarget, targetOption } from "../local/warehouse-target.ts";
import { exitWith, Refusal, withUsage } from "./terminal/refusal.ts";

const usage = "usage: npm run sync [-- --target local]";

try {
  refuseBigquery();
  const settings = parseSettings(process.env);
  const database = await openClanDatabase(settings);
  try {
    console.log(`\n  ${syncText(await syncLocally(database.adminUrl, settings))}\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  exitWith(error);
}

function refuseBigquery(): void {
  const target = withUsage(usage, () => {
    const { values } = parseArgs({ options: targetOption });
    return parseTarget(values.target);
  });
  if (target === "bigquery") {
    throw new Refusal(
      "BigQuery fetches PostgreSQL's changes itself: start the scheduled query activity_sync in the console, or wait for its next run.",
    );
  }
}
