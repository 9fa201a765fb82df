import { parseSettings } from "./settings.ts";
import { syncLocally } from "./sync-locally.ts";
import { syncText } from "./sync-text.ts";

// `npm start` runs this regularly as a separate process: it syncs from the database of DATABASE_URL, and sends its parent
// one line about what changed or why it failed, and null when nothing changed.
const [dashboardPid] = process.argv.slice(2);
process.once("disconnect", () => process.exit(1));
process.once("SIGINT", () => process.exit(130));

const outcome = await sync().catch((error) => `failed: ${error instanceof Error ? error.message : error}`);
process.send?.(outcome, () => process.exit());

async function sync(): Promise<string | null> {
  const settings = parseSettings(process.env);
  const synced = await syncLocally(settings.DATABASE_URL ?? "", settings, Number(dashboardPid) || undefined);
  const { inserted, updated, deleted, clans, memberships, recomputed } = synced;
  const changes = inserted + updated + deleted + clans + memberships + recomputed.length;
  return changes > 0 ? syncText(synced) : null;
}
