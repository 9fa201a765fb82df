import { connectionOptions } from "@clan-platform/service/database/connection.ts";
import { setSession } from "@clan-platform/service/database/session-settings.ts";
import { withClient } from "@clan-platform/service/database/with-client.ts";
import { expireErasures } from "@clan-platform/service/retention/expire.ts";
import { type Synced, syncActivity } from "@clan-platform/warehouse/sync/sync-activity.ts";
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

const forgetErasures = (databaseUrl: string) =>
  withClient(connectionOptions({ DATABASE_URL: databaseUrl }), async (client) => {
    await client.query(setSession);
    await expireErasures(client);
  });
