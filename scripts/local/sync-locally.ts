import { type Synced, syncActivity } from "@clan-platform/warehouse/sync/sync-activity.ts";
import type { Settings } from "./settings.ts";
import { openWarehouse, warehouseFolder } from "./warehouse-target.ts";

/** `syncActivity` into the local warehouse of these settings. */
export const syncLocally = (databaseUrl: string, settings: Settings, briefHolder?: number): Promise<Synced> =>
  syncActivity({
    databaseUrl,
    folder: warehouseFolder(settings),
    openWarehouse: () => openWarehouse("local", settings, { briefHolder }),
  });
