import { connectionOptions } from "@clan-platform/service/database/connection.ts";
import { setSession } from "@clan-platform/service/database/session-settings.ts";
import { expireErasures } from "@clan-platform/service/retention/expire.ts";
import { type Synced, syncActivity } from "@clan-platform/warehouse/sync/sync-activity.ts";
import pg from "pg";
import type { Settings } from "./settings.ts";
import { openWarehouse, warehouseFolder } from "./warehouse-target.ts";

/**
 * `syncActivity` into the local warehouse of these settings; then, not before, notes of erasures expire: nobody may have started
 * the platform for months. The login has to own the database.
 */
export async function syncLocally(
  databaseUrl: string,
  settings: Settings,
  briefHolder?: number,
): Promise<Synced> {
  const synced = await syncActivity({
    databaseUrl,
    folder: warehouseFolder(settings),
    openWarehouse: () => openWarehouse("local", settings, { briefHolder }),
  });
  await forgetErasures(databaseUrl);
  return synced;
}

async function forgetErasures(databaseUrl: string): Promise<void> {
  const client = new pg.Client(connectionOptions({ DATABASE_URL: databaseUrl }));
  await client.connect();
  try {
    await client.query(setSession);
    await expireErasures(client);
  } finally {
    await client.end();
  }
}
