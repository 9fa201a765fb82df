import { expireErasures } from "@clan-platform/service/retention/expire.ts";
import { type Synced, syncActivity } from "@clan-platform/warehouse/sync/sync-activity.ts";
import type { Settings } from "./settings.ts";
import { openWarehouse, warehouseFolder } from "./warehouse-target.ts";
import { withSession } from "./with-session.ts";

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
  await withSession(databaseUrl, expireErasures);
  return synced;
}
